"""What axe-core has against a page."""

from __future__ import annotations

import pytest

GRAVE = ("serious", "critical")


def violations(page) -> list[str]:
    """One sentence for each place that axe calls a serious or critical barrier."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    response = axe.run(page).response
    assert len(response["passes"]) > 10  # it did look
    grave = [rule for rule in response["violations"] if rule["impact"] in GRAVE]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in grave
        for node in rule["nodes"]
    ]
