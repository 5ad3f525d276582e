from __future__ import annotations

import os
from pathlib import Path

from mlops_maturity.dashboard import data
from mlops_maturity.dashboard.stamp import stamp_of


def test_a_file_written_come_or_gone_is_another_stamp(tmp_path: Path) -> None:
    folder, file = tmp_path / "model", tmp_path / "model" / "practices" / "one.yaml"
    file.parent.mkdir(parents=True)
    seen = [stamp_of([str(folder)])]
    file.write_text("a: 1", encoding="utf-8")
    seen.append(stamp_of([str(folder)]))
    os.utime(file, ns=(1, 1))
    seen.append(stamp_of([str(folder)]))
    assert len(set(seen)) == 3
    assert stamp_of([str(folder)]) == seen[-1]
    assert stamp_of([str(tmp_path / "missing.yaml")]) == "missing.yaml: not there"


def test_a_place_is_outdated_when_its_settings_are_written_and_made_anew_from_them(organisation) -> None:
    place = data.place_of(organisation.config)
    assert not data.outdated(place)
    organisation.config.write_text(
        organisation.config.read_text(encoding="utf-8").replace("Fraud detection", "Fraud and theft"), encoding="utf-8"
    )
    assert data.outdated(place)
    again = data.place_of(organisation.config)
    assert again.settings.teams[0].title == "Fraud and theft"
    assert not data.outdated(again)
