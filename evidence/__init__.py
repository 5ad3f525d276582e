"""What is known: records, answers, the store, signals that turn records into readings, published assessments."""
