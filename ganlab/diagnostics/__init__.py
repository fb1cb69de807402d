"""What the numbers of a run mean: mode statistics, diagnoses and one sentence of narration.

Knows arrays and ``snapshot`` only, so it costs neither torch nor plotly.
"""

from ganlab.diagnostics.events import Chronicle, divergence, events
from ganlab.diagnostics.modes import ModeStatistics, high_quality_ceiling, mode_statistics
from ganlab.diagnostics.narration import narrate
from ganlab.diagnostics.rules import RULES, VANISHING, verdicts

__all__ = [
    "RULES",
    "VANISHING",
    "Chronicle",
    "ModeStatistics",
    "divergence",
    "events",
    "high_quality_ceiling",
    "mode_statistics",
    "narrate",
    "verdicts",
]
