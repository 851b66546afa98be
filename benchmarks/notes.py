"""What a reader of the figures should know: written by hand, kept with the code that the figures come from."""

NOTES = """
## What makes the difference

- A lesson page asks two statements, each put together once per process, and renders nothing: the page is kept with
  gaps for the reader's name and the token of the forms (`elearn/core/ready.py`). Readers at the same step with the same
  progress share it. In the rounds above it is there; when it is not, rendering takes some two milliseconds more.
- The catalogue of visitors is kept compressed (`elearn/catalogue/shared.py`); once a second a statement asks whether it
  still holds.
- Static files are compressed once, with Brotli at its best; personal pages with zstd or a light Brotli while the
  reader waits.
- CSV is written by `COPY` on PostgreSQL. On SQLite cells are looked up and joined without Python code for each.
- A certificate reuses fonts, the parsed stylesheet and the drawn ground (`elearn/core/pdf.py`).
"""
