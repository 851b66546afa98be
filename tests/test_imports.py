"""Who may import whom: the contracts of pyproject.toml, and what they cannot say."""

import ast
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "elearn").rglob("*.py"))


def test_contracts_are_kept(capsys):
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr().out


RULES = [path for path in MODULES if path.name == "rules.py"]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.parent.name)
def test_rules_import_only_the_standard_library_and_other_rules(path):
    assert [
        name
        for name in _imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and "rules" not in name.split(".")
    ] == []


def test_only_the_list_of_domains_knows_their_wiring():
    assert [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.name != "domains.py" and any("wiring" in name.split(".") for name in _imported(path))
    ] == []


def _imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
