"""``python -m ganlab`` is ``ganlab``."""

import sys

from ganlab.cli import main

sys.exit(main())
