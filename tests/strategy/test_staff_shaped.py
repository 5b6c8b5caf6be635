"""Values that stand for a person or a team, and ordinary values that only look a little like one."""

from __future__ import annotations

import unicodedata

import pytest

from metrics.strategy.staff_shaped import known_staff, names_staff, staff_shaped

STAFF = """Billing – Lan;Billing - Lan;Team Hoa;team 3;hoa@example.vn;x1234;ext 12;Tổ 3;Nhóm 3;Ca sáng;Night shift;
Sales team;agent 7;NV0012;NV-00123;Lan;Mark Smith;Nguyễn Văn An;0901234567;+84 901 234 567;team_hoa;sales_team;Desk 4;
Đội 2;Billing (Hoa Nguyen);@lan;Hoa's team;to 3;may le 123;Agent-12;  Team   Hoa  ;Ca chiều;emp 4411"""
ORDINARY = """Giao trễ;Lắp đặt;Thái độ nhân viên;Late delivery;Rose range;Price;Sofa;Bàn ăn;Desk;Hotline;Zalo;
Call center;
Kỹ thuật viên đến muộn;nhóm khách trẻ;Khách nhóm A;12345678;2;Trang trí;Đổi đơn;How we spoke;Change of order;
store_return_visit;young;Grace period;Shift of appointment;Team building kit;Xuân Hè;Bình nước;SKU-12345678;x;Line;
Website;Cửa hàng;Miền Trung"""
PLACES = "Hòa Bình;Bắc Giang;Long An;Victoria;Thủ Đức;Cà Mau;Thanh Hóa"


def words(text: str) -> list[str]:
    return [word.strip("\n") for word in text.split(";")]


@pytest.mark.parametrize("text", words(STAFF))
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_staff_under_another_name_is_found(text: str, form: str) -> None:
    assert staff_shaped(unicodedata.normalize(form, text))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", words(ORDINARY))
def test_an_ordinary_value_is_left_alone(text: str) -> None:
    assert not staff_shaped(text)


@pytest.mark.parametrize("text", words(PLACES))
def test_places_are_called_like_people(text: str) -> None:
    assert not staff_shaped(text, place=True)


@pytest.mark.parametrize("text", ["Team Hoa", "hoa@example.vn", "x1234", "Ca sáng"])
def test_a_team_is_no_place(text: str) -> None:
    assert staff_shaped(text, place=True)


def test_a_name_of_the_sources_is_found_whatever_list_knows_it() -> None:
    known = known_staff(["Xiomara Quispe", "NGUYỄN THỊ ÁNH", "ab", "12", "48213"])
    for text in ("xiomara  quispe", "Billing – Xiomara Quispe", "xiomara_quispe", "Nguyen Thi Anh", "Till (48213)"):
        assert names_staff(text, known), text
    for text in ("Xiomara", "ab", "12", "Billing", "", "4821"):
        assert not names_staff(text, known), text
