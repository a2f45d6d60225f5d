"""The model: template, inputs, trajectory and the rules that every engine calls."""
