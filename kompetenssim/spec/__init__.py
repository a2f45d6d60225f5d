"""What a person writes: schema, loader with line numbers, dates, inheritance, JSON Schema."""
