"""Staff are recognised in whatever spelling they are asked for; roles and journeys are left in peace."""

from __future__ import annotations

import pytest

from metrics.sources.canonical import TABLES
from metrics.strategy.model import DIMENSIONS
from metrics.strategy.workforce import is_workforce, looks_like_person

STAFF = """
agent_id agent Agent_name agentId AGENT handledBy handled_by assignee assigned_to supervisor Manager team team_id
SLATeam Shift desk site nhân_viên nhan_vien NhânViên tennhanvien MãNV ma_nv ten_nv tổ to to_id ca ca_truc CaLàm cskh
ten_cskh resolved_by soldBy truong_ca tổ_trưởng người_xử_lý employee quầy call_center tư_vấn_viên owner operator
TeamLead staffName phụ_trách đội queue bộ_phận giám_sát nhân-viên s.t.a.f.f ｓｔａｆｆ 𝒂gent ágent аgent stаff αgent
"""
SPACED = ["Agent Shift", "nhân  viên", "NHÂN VIÊN", "a\u200bgent", "age\u00adnt", "nha\u0302n vie\u0302n"]

JOURNEY = """
channel Website customer_id created first_response response_id stage region store city amount_vnd order_id category
price topic language promise complaint waited installation segment product questions score to_date call_duration total
reply_to cat đổi_trả quay_lại delivered_at carrier seller_id user_id order_by requested_by time_to_reply nhóm_khách
nhom_hang kênh miền steam cáo ca_nhan district cost_to_serve connected_handling_time issue_responded customer_name
sentiment reason payment_type freight_value
"""

PERSONS = """
Nguyễn Văn An|Nguyen Van An|nguyễn thị lan|Trần Thị Bích|Lan|chị Lan|Anh Tuấn|Mr. Tuan|Jane Smith
|Smith, Jane|jane.smith@example.org|@lan|lan.nguyen|0912 345 678|Logistics (Lan)|Logistics – chị Lan
|Customer care, Jane Smith|Giám đốc Nguyễn Văn An|Director Jane Smith|Trưởng phòng Lan|Linh Trần
|Lê Minh Tuấn|Lan Anh|Ngọc Ánh|Thu Hà|NV-0123|Phạm Hùng|Đỗ Mỹ Linh|Michael|Head of sales John
|bạn Lan hotline|Hoàng Anh|Tran Minh|Vũ Đức|Ms Nga
""".replace("\n", "")

ROLES = """
Logistics|Vận chuyển|Lắp đặt|Chăm sóc khách hàng|Chăm Sóc Khách Hàng|Customer Care|Customer director
|Giám đốc khách hàng|Giám Đốc Khách Hàng|Head of e-commerce|Head of Marketing|Phụ trách online
|Store Operations|Thương mại điện tử|Ngành hàng|Trải nghiệm khách|VP Sales|Chief Customer Officer
|CXO|Kho Hà Nội|Kho vận miền Nam|Miền Nam|Ban giám đốc|Kế toán trưởng|Phòng Kinh Doanh
|Human Resources|Supply Chain|Quality Assurance|Văn phòng Hồ Chí Minh|Văn Phòng|Bán hàng|Tiếp thị
|Nhân sự|Chuỗi cung ứng|Thu Mua|An ninh|Pháp chế|Quản lý chất lượng|Head of Retail, North
|Director of Young Brands|Đội giao nhận|Last Mile|Guest Relations|Kỹ Thuật|Điện Lạnh
|Phát Triển Sản Phẩm|Thanh Toán|An Toàn|Quản Lý Kho|Trưởng phòng vận hành|Crew director
|Trưởng vận chuyển
""".replace("\n", "")


@pytest.mark.parametrize("name", [*STAFF.split(), *SPACED])
def test_staff_by_any_spelling(name: str) -> None:
    assert is_workforce(name)


@pytest.mark.parametrize("name", JOURNEY.split())
def test_the_journey_is_not_staff(name: str) -> None:
    assert not is_workforce(name)


def test_the_products_own_names_are_not_staff() -> None:
    assert not [d for d in DIMENSIONS if is_workforce(d)]
    assert {c.name for t in TABLES for c in t.columns if is_workforce(c.name)} == {"staff"}


@pytest.mark.parametrize("text", PERSONS.split("|"))
def test_a_name_is_a_person(text: str) -> None:
    assert looks_like_person(text)


@pytest.mark.parametrize("text", ROLES.split("|"))
def test_a_role_is_no_person(text: str) -> None:
    assert not looks_like_person(text)


@pytest.mark.parametrize("text", ["", "[", "123", "Sales &", "Head of service (North)"])
def test_a_role_with_a_part_without_letters_is_no_person(text: str) -> None:
    """Such an owner once ended ``check`` in a traceback; found by the property test at full size."""
    assert not looks_like_person(text)
