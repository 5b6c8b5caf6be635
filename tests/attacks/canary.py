"""A company whose every person is a canary: staff, customers, and comments that name both and that nobody maps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.attacks.oracles import Canaries, canaries
from tests.build.small import Row, small_company, write_company

NAMES = ("Nguyễn Thị Ánh-Kẹo", "Trần Văn Bưởi", "Lê Đoan Cẩm-Tú", "Phạm Quốc Dừa", "Hoàng Yến Êm", "Vũ Sầu Riêng")


@dataclass(frozen=True)
class Company:
    folder: Path
    strategy: Path
    sources: Path
    staff: tuple[str, ...]
    customers: tuple[str, ...]
    comments: tuple[str, ...]

    @property
    def release(self) -> Path:
        return self.folder / "out" / "release.duckdb"

    @cached_property
    def known(self) -> Canaries:
        """All of them; staff and every eighth customer also as hashes."""
        return canaries([*self.staff, *self.customers[::8]], [*self.customers, *self.comments])


def tables() -> dict[str, list[Row]]:
    """Rows of the company: names with accents as staff, lettered customer ids, a comment and a name beside each row."""
    made = small_company()
    agents = sorted({row["agent"] for row in made["contacts"]})
    new = {agent: f"{NAMES[i % len(NAMES)]} {chr(0x1EA0 + i)}{i:02d}" for i, agent in enumerate(agents)}
    for i, row in enumerate(made["contacts"]):
        row["agent"] = new[row["agent"]]
        row["customer_name"] = f"Khách Mật {row['customer']}"
        row["comment"] = comment(i, row["agent"])
    return made


def comment(i: int, agent: str) -> str:
    return f"Bạn {agent} trả lời tôi rất chậm; lần thứ {i % 7} rồi"


def company(folder: Path) -> Company:
    """Write the company's files into ``folder``; its release is not made yet."""
    made = tables()
    strategy, sources = write_company(folder, made)
    contacts = made["contacts"]
    return Company(
        folder,
        strategy,
        sources,
        tuple(sorted({row["agent"] for row in contacts})),
        tuple(sorted({row["customer"] for row in contacts} | {row["customer_name"] for row in contacts})),
        tuple(sorted({row["comment"] for row in contacts})),
    )
