"""What narrows a question: filters as data, and their values as typed."""
