"""How a share is written, wherever a reader meets one."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share 0 to 1 as `47 %`: whole, with the space that the SI brochure asks for (9th edition, 5.4.7)."""
    return f"{share * 100:z.0f} %"
