"""Rules for the key of somebody hired, each in the form that the loader puts in the place of ours."""
