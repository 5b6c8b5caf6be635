"""What customers write: 60 templates with slot fillers, in the spelling of chats. No person, phone or brand in them."""

from __future__ import annotations

import unicodedata

import numpy as np

from metrics.demo.company import TOPICS, Array
from metrics.demo.draws import rng_for

THING = ("máy lạnh", "tủ lạnh", "máy giặt", "bếp từ", "nồi cơm", "máy hút bụi", "quạt điều hòa", "lò vi sóng", "kệ bếp")
WAIT = ("hai ngày", "ba ngày", "bốn hôm", "gần một tuần", "cả tuần", "từ sáng đến giờ", "hai lần hẹn")
PLACE = ("cửa hàng", "bên mình", "shop", "kho", "bộ phận giao hàng")
BY_TOPIC = {
    "late_delivery": (
        "Hẹn giao {thing} mà {wait} vẫn chưa thấy",
        "Đơn {thing} trễ {wait}, không ai báo trước",
        "{place} hẹn rồi lại dời, mình nghỉ làm để chờ {thing}",
        "Giao {thing} chậm {wait} so với lịch, cho mình xin giờ chính xác",
        "Cho hỏi đơn {thing} đang ở đâu, chờ {wait} rồi",
    ),
    "installation": (
        "{thing} giao rồi nhưng {wait} chưa có thợ lắp",
        "Thợ hẹn lắp {thing} mà không đến, gọi không được",
        "Lắp {thing} xong không hướng dẫn cách dùng",
        "Lắp {thing} thiếu ống, phải hẹn lại {wait}",
        "Cần người qua chỉnh lại {thing}, lắp bị lệch",
    ),
    "returns": (
        "Muốn đổi {thing} vì không vừa chỗ đặt",
        "Trả {thing} {wait} rồi chưa thấy hoàn tiền",
        "Thủ tục đổi trả {thing} rườm rà quá, hỏi đi hỏi lại",
        "{place} bảo đủ điều kiện đổi {thing}, giờ lại nói không",
    ),
    "price": (
        "Giá {thing} trên web khác với {place}",
        "Vừa mua {thing} hôm trước, hôm nay giảm giá",
        "{thing} còn khuyến mãi không, tính cả phí lắp giúp mình",
        "Mã giảm giá cho {thing} không dùng được",
    ),
    "faulty": (
        "{thing} mới dùng {wait} đã kêu to",
        "{thing} không lên nguồn",
        "{thing} bị móp khi nhận, nhờ {place} kiểm tra",
        "{thing} chạy được {wait} thì báo lỗi",
    ),
    "attitude": (
        "Hỏi về {thing} mà trả lời cộc lốc",
        "Gọi {place} chuyển máy ba lần, ai cũng nói không phải việc của mình",
        "Nói chuyện với khách thiếu kiên nhẫn, mình hỏi {thing} thôi mà",
    ),
    "warranty": (
        "{thing} còn bảo hành không, kiểm tra giúp",
        "Gửi bảo hành {thing} {wait} chưa có tin",
        "Phiếu bảo hành {thing} ghi sai ngày",
    ),
    "payment": (
        "Đã chuyển khoản mà đơn {thing} vẫn báo chưa thanh toán",
        "Trả góp {thing} cần giấy tờ gì",
        "Bị trừ tiền hai lần cho đơn {thing}",
    ),
    "stock": (
        "{thing} màu trắng còn hàng không",
        "Khi nào {place} có lại {thing}",
        "Đặt {thing} xong mới báo hết hàng",
    ),
    "account": ("Không đăng nhập được để xem đơn {thing}", "Điểm tích lũy khi mua {thing} chưa được cộng"),
    "how_to": (
        "Chỉ mình cách chỉnh {thing} tiết kiệm điện",
        "{thing} vệ sinh thế nào cho đúng",
        "Nút khóa trẻ em của {thing} bật ở đâu",
    ),
    "order_change": ("Đổi địa chỉ nhận {thing} giúp mình", "Cho mình dời ngày giao {thing} sang cuối tuần"),
    "invoice": (
        "Cần hóa đơn {thing} gửi lại qua thư",
        "Xuất hóa đơn công ty cho đơn {thing}",
        "Hóa đơn {thing} sai mã số thuế",
    ),
    "other_topic": ("Hỏi giờ mở cửa của {place}", "Góp ý: {place} nên gọi trước khi đến", "Cảm ơn {place} đã hỗ trợ"),
}
PRAISE = (
    "Giao {thing} đúng hẹn, rất hài lòng",
    "{place} xử lý nhanh, một lần là xong",
    "Mua {thing} dễ, thanh toán nhanh",
    "Tư vấn {thing} kỹ, không ép mua",
    "Dùng {thing} tốt, sẽ quay lại",
)
MIDDLING = ("Tạm ổn, {thing} đúng mô tả", "Bình thường, chờ {wait} hơi lâu", "{thing} ổn nhưng giao hơi chậm")
COMPLAINING = (
    "Chờ {thing} {wait}, thất vọng",
    "Phải gọi {place} nhiều lần mới xong",
    "Hẹn một đằng làm một nẻo, {thing} trễ {wait}",
    "Đổi {thing} mất quá nhiều công",
)
MENTION = "bạn {name} {team} tư vấn {thing} rất nhiệt tình"
MENTIONS = 12
POOL = 240
TEENCODE = (("không", "ko"), ("được", "đc"), ("sản phẩm", "sp"), ("mình", "mik"), ("rồi", "r"), ("với", "vs"))
EMOJI = (" 😊", " 😡", " 🙏", " 👍", " 😢")


def templates() -> tuple[str, ...]:
    """All templates."""
    return tuple(t for group in BY_TOPIC.values() for t in group) + PRAISE + MIDDLING + COMPLAINING + (MENTION,)


def ticket_texts(seed: int, topic: Array) -> list[str]:
    """A text for each ticket, by topic."""
    rng = rng_for(seed, 11)
    pool = [text for name in TOPICS for text in _rendered(rng, BY_TOPIC[name])]
    return [pool[i] for i in topic * POOL + rng.integers(0, POOL, len(topic))]


def answer_texts(seed: int, mood: Array, given_names: Array, teams: Array) -> tuple[list[str], list[int]]:
    """A comment (often empty) for each answer by mood 0 to 2, and the rows of the 12 that mention a member of staff."""
    rng = rng_for(seed, 12)
    pool = [text for group in (COMPLAINING, MIDDLING, PRAISE) for text in _rendered(rng, group)] + [""]
    at = mood * POOL + rng.integers(0, POOL, len(mood))
    texts = [pool[i] for i in np.where(rng.random(len(mood)) < 0.55, len(pool) - 1, at)]
    happy = np.flatnonzero(mood == 2)
    rows = sorted(int(r) for r in rng.choice(happy, min(MENTIONS, len(happy)), replace=False))
    for row, agent in zip(rows, rng.choice(len(given_names), len(rows), replace=False), strict=True):
        texts[row] = MENTION.format(
            name=given_names[agent], team=str(teams[agent]).lower(), thing=THING[row % len(THING)]
        )
    return texts, rows


def _rendered(rng: np.random.Generator, group: tuple[str, ...]) -> list[str]:
    out = []
    for i in range(POOL):
        text = group[i % len(group)].format(
            thing=THING[rng.integers(len(THING))], wait=WAIT[rng.integers(len(WAIT))], place=PLACE[rng.integers(5)]
        )
        text = text[0].upper() + text[1:]
        if rng.random() < 0.30:
            for word, short in TEENCODE:
                text = text.replace(word, short)
        if rng.random() < 0.15:
            plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
            text = "".join(c for c in plain if not unicodedata.combining(c))
        if rng.random() < 0.05:
            text += EMOJI[rng.integers(len(EMOJI))]
        out.append(text)
    return out
