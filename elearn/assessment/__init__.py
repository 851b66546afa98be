"""Quizzes: item types, attempts, answers and their marking."""
