"""History and how the model is held against it: series, their identities, and the plan of a calibration."""
