"""Tests of kompetenssim; a package of its own name wins over one that another library installs as `tests`."""
