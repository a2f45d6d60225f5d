"""Solve backwards: the smallest size of something that reaches a target, from paired runs."""
