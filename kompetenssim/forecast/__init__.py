"""From templates to results: run plan, simulations, indicators, targets, paired comparison, run folder."""
