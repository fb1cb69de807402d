"""A run on disk: saved whole, looked at without torch, resumed bit for bit.

A run's folder holds

    config.json                  the configuration, as ``ganlab train`` reads it
    history.csv, .parquet        one row per record; ``mode_counts_*`` where the data has modes
    summary.json                 where the run stands: status, final measures, verdicts
    checkpoint                   safetensors: everything needed to go on
    samples.npz                  ``real`` and ``fake``, 10,000 each, in data scale
    generator.safetensors        the weights (the EMA's where there is one), with their
    discriminator.safetensors    configuration as metadata
    figures/*.html               every figure of the last moment; they open offline

Every file is replaced in one stroke, so a run killed at any moment leaves its last good state.
Nothing is pickled. Torch and plotly are imported only to save and to resume.
"""

from ganlab.runs.load import Run, Summary, holds_run, load_run, remove_run, resume
from ganlab.runs.save import SAMPLES, save_checkpoint, save_run

__all__ = [
    "SAMPLES",
    "Run",
    "Summary",
    "holds_run",
    "load_run",
    "remove_run",
    "resume",
    "save_checkpoint",
    "save_run",
]
