"""`python -m campaign`: a module apart, since processes that begin anew do not find what this one defines."""

import sys

from campaign.long_form import main

sys.exit(main())
