"""The command that installs a package depends on what installed ses2iac."""

import sys
from pathlib import Path

import pytest

from exporter.support.installing import install_command


def test_pip_serves_an_ordinary_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert install_command("'moto[server]'") == "pip install 'moto[server]'"


def test_pipx_serves_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipx_metadata.json").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert install_command("black") == "pipx inject ses2iac black"
