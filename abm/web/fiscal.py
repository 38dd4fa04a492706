"""Fiscal periods as people say them."""

from datetime import date


def fiscal_year(day: date, start_month: int) -> int:
    """The year in which the fiscal year of `day` began: 2026-03-31 is in 2025 when it starts in April."""
    return day.year if day.month >= start_month else day.year - 1


def fiscal_quarter(day: date, start_month: int) -> int:
    """1 to 4, counted from the fiscal year's first month."""
    return (day.month - start_month) % 12 // 3 + 1


def period_label(day: date, start_month: int, *, language: str) -> str:
    """The fiscal quarter of `day`: 2026年度 Q3 in Japanese, FY2026 Q3 elsewhere."""
    year = fiscal_year(day, start_month)
    prefix = f"{year}年度" if language.startswith("ja") else f"FY{year}"
    return f"{prefix} Q{fiscal_quarter(day, start_month)}"
