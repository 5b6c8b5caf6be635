"""Words that mean staff, and texts that name a person: what no number here may be cut by, and no owner may be.

``is_workforce`` knows the name of a column or a dimension, ``looks_like_person`` a text somebody wrote. Both work on
short lists of words in English and Vietnamese, with or without accents. They fail closed: a column that only sounds
like staff is declared ``not_staff`` in sources.yaml; a role that only sounds like a person is written as a function.
"""

from __future__ import annotations

import re
import unicodedata


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Letters of other alphabets that look like Latin ones (after case folding), so that "аgent" in Cyrillic is no way in.
_LOOKALIKES = str.maketrans(
    "авеіјкмнорсԛѕтухһԝѵгαεινορτυχκημγωßıɑɡɩʋσօսհոցđłø", "abeijkmhopcqstyxhwvraeivoptuxknmywsiagivoouhngdlo"
)

#: One of these as a whole word anywhere in the name is enough.
WORKFORCE = _words_of("""
    staff agent agents employee employees emp worker workers operator operators assignee assignees assigned assign
    supervisor supervisors manager managers team teams teamlead squad crew roster shift shifts desk desks site sites
    queue queues seat cashier cashiers clerk teller tellers salesperson salespeople salesman saleswoman salesrep rep
    reps saler representative representatives consultant advisor adviser technician technicians fitter fitters
    installer installers driver drivers shipper shippers colleague colleagues personnel headcount handler owner
    owners nurse doctor coach evaluator dispatcher foreman branch branches callcenter callcentre servicedesk
    helpdesk extension ext nv nvkd nvbh nvcs ktv tdv tvv gdv dtv cskh msnv manv
""")

#: Several words that together mean staff, accents taken off, in this order and side by side.
PHRASES = tuple(
    tuple(phrase.split("_"))
    for phrase in sorted(
        _words_of("""
    nhan_vien nhan_su nguoi_xu_ly nguoi_phu_trach nguoi_tiep_nhan nguoi_tra_loi nguoi_tao nguoi_dong nguoi_ban
    nguoi_giao nguoi_lap nguoi_thuc_hien nguoi_nhan_viec phu_trach can_bo chuyen_vien tu_van_vien dien_thoai_vien
    tong_dai_vien giao_dich_vien giam_sat giam_sat_vien ky_thuat_vien thu_ngan truong_nhom nhom_truong to_truong
    truong_ca truong_phong truong_bo_phan quan_ly ca_truc ca_lam ca_lam_viec ca_kip ca_sang ca_chieu ca_toi ca_dem
    kip_truc doi_nhom doi_truong nhom_truc nhom_cskh to_truc bo_phan phong_ban chi_nhanh co_so van_phong
    ban_lam_viec ban_truc quay_hang quay_thu tho_lap tho_sua tai_xe lai_xe giao_hang_vien dong_nghiep nguoi_lao_dong
    call_center call_centre contact_center contact_centre sales_rep assignment_group support_group work_group
    closed_by served_by group_lead line_lead
""")
    )
)

#: Run together and long enough to mean nothing else, so "tennhanvien" and "agentname" are found too.
_INSIDE = _words_of("""
    nhanvien assignee supervisor employee handledby assignedto agentid agentname agentcode teamid teamname teamlead
    staffid staffname tuvanvien tongdaivien dienthoaivien truongca truongnhom totruong catruc thungan nguoixuly
    phutrach salesperson salesrep shiftid deskid siteid kythuatvien quanly
""")

#: Mean staff only when nothing but them is left: "to" is also English, "ca" also a country, "doi" also an exchange.
_ALONE = _words_of("to ca doi quay kip nhomtruc")
_ACCENTED = _words_of("tổ đội quầy kíp")
_GENERIC = _words_of("id ids code name no number num key email mail phone ma ten so sdt the cua by full first last")
_BY_CUSTOMERS = _words_of("requested ordered required needed referred recommended promised invited")


def _visible(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def _spelled(text: str) -> str:
    """Visible characters with a space before each word of 'agentName' and 'SLATeam'; accents stay."""
    text = _visible(text)
    camel = (
        " " if b.isupper() and (a.islower() or (a.isupper() and c.islower())) else ""
        for a, b, c in zip(" " + text, text, text[1:] + " ")
    )
    return "".join(gap + letter for gap, letter in zip(camel, text))


def fold(text: str) -> str:
    """Lower case Latin letters without accents: 'Nhân Viên', 'NHAN VIEN' and 'nhȃn viên' become 'nhan vien'."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return unicodedata.normalize("NFD", bare.translate(_LOOKALIKES))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_\d]+", text)


def is_workforce(name: str) -> bool:
    """Whether a column, dimension or parameter of this name means staff, a team, a supervisor, a shift, a desk or a
    site. Accents, case, look-alike letters, invisible characters and separators make no difference."""
    spelled = _spelled(name)
    accented = [unicodedata.normalize("NFC", word.casefold()) for word in _words(spelled)]
    words = _words(fold(spelled))
    rest = [word for word in words if word not in _GENERIC]
    run = "".join(words)
    return (
        any(word in WORKFORCE for word in words)
        or any(word in _ACCENTED for word in accented)
        or any(tuple(words[i : i + len(p)]) == p for p in PHRASES for i in range(len(words)))
        or any(part in run for part in _INSIDE)
        or run in WORKFORCE
        or run in {"".join(p) for p in PHRASES}
        or (bool(rest) and all(word in _ALONE for word in rest))
        or _done_by_somebody(words)
    )


def _done_by_somebody(words: list[str]) -> bool:
    """'resolved by', 'sold by', 'chotBy': the doer of something, unless customers do it."""
    verb = next((words[i - 1] for i, word in enumerate(words) if word == "by" and i), "")
    return verb not in _BY_CUSTOMERS and (
        verb.endswith("ed") or verb in ("sold", "done", "taken", "made", "sent", "run")
    )


# ── Persons ──

_SURNAMES = _words_of("""
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh truong lam luong luu mai
    dao ha cao chau chu dam to ta thai tong vuong quach phung nghiem kieu khuat la lac mac ninh ong quan thach than
    ton tang trieu tu uong van vi vien cu an au banh bach
""")
#: Surnames that are no ordinary word, so one of them before a name is enough, in either order.
_SURE_SURNAMES = _words_of("nguyen tran pham huynh hoang phan vu vo dang bui ngo duong dinh trinh truong luong")
_GIVEN_VI = _words_of("""
    anh an bao bich binh chi chien chinh cuong dat diem diep dieu dung duc duy duyen giang hai han hang hanh hao hau
    hien hieu hoa hoai hong hue hung huong huu huyen khang khanh khoa khoi kiet kien kim lan lien linh loan loc long
    luan ly mai manh minh my nam nga ngan nghia ngoc nguyen nguyet nhan nhat nhi nhung nhu oanh phat phong phu phuc
    phuong quan quang quoc quyen quynh son suong tai tam tan thach thai thang thanh thao the thi thien thinh tho
    thoa thong thu thuan thuc thuy tien tin toan trang tri trinh trong truc trung truong tu tuan tung tuyen tuyet
    uyen van viet vinh vu vuong vy xuan yen
""")
#: Given names that stand for a person even alone; the others are also ordinary words.
_ALONE_VI = _words_of("""
    bich diep duyen dung giang hanh hien hieu hoai hue hung huong huyen khanh khoa kiet lan linh loan minh nga ngoc
    nguyet nhung oanh phuc phuong quynh thao thuy trang trinh tuan tung tuyet uyen vy
""")
_GIVEN_EN = _words_of("""
    adam alan albert alex alice alison amanda amy andrea andrew angela ann anna anne anthony arthur barbara ben
    benjamin betty bill bob brenda brian bruce carl carol caroline catherine charles charlotte chloe chris christian
    christina christine christopher claire daniel david deborah dennis diana diane donald donna dorothy edward elena
    elizabeth emily emma eric eva evelyn fiona frances frank gary george gloria grace hannah harold harry heather
    helen henry ian isabel jack jacob james jane janet jason jean jeffrey jennifer jeremy jessica jim joan joe john
    jonathan joseph joshua joyce juan judith judy julia julie justin karen kate katherine kathleen keith kelly
    kenneth kevin kim larry laura lauren lee linda lisa louis louise lucy luke margaret maria marie mark martha
    martin mary matthew megan melissa michael michelle mike mohammed muhammad nancy natalie nathan nicholas nicole
    nina olivia oliver oscar pamela patricia patrick paul peter philip rachel ralph raymond rebecca richard robert
    roger ronald rose roy russell ruth ryan samantha samuel sandra sara sarah scott sharon simon sophia sophie
    stephanie stephen steve steven stuart susan terry theresa thomas timothy tom tony tracy tyler victoria vincent
    virginia walter wendy william zoe
""")
_SURNAMES_EN = _words_of("""
    adams allen anderson baker brown campbell carter chen clark collins cooper davies davis evans garcia gonzalez
    green hall harris hernandez hill jackson johnson jones khan kim king kumar lee lewis li lopez martin martinez
    miller mitchell moore morgan murphy nelson park parker patel perez phillips ramirez roberts robinson rodriguez
    sanchez scott sharma singh smith taylor thomas thompson torres tran turner walker wang watson white williams
    wilson wong wright young zhang
""")
_TITLES = _words_of("anh chi em co chu bac ong ba ban thay mr mrs ms miss mister dr sir madam")
#: What comes before a name when somebody writes the role and the person: "Trưởng phòng Lan".
_RANKS = _words_of("""
    phong nhom ca kho doc truong vien director manager lead head chief officer sales care operations marketing
    logistics
""")
#: Words of functions and places; a text of these names no person, however it is capitalised.
_FUNCTIONS = _words_of("""
    phong ban bo phan kho cua hang khach van chuyen giao lap dat dich cham soc kinh doanh tiep thi nganh thuong mai
    dien tu tai chinh ke toan nhan su san pham chat luong hanh trai nghiem giam doc truong khoi trung tam mien bac
    nam noi chi hochiminh quang chau customer care service sales store region north south central business price
    park green hill experience digital product young king head chief
""")
_PLACES = re.compile(
    r"\b(ha noi|ho chi minh|hai phong|da nang|lam dong|an giang|ha giang|ha nam|ha tinh|vinh long|kien giang|tien giang"
    r"|hau giang|bac giang|duc giang|thanh hoa|khanh hoa|binh thuan|ninh thuan|binh duong|binh dinh|binh phuoc|son la"
    r"|phu yen|phu tho|phu quoc|hung yen|yen bai|long an|hoa binh|thai binh|thai nguyen|quang nam|quang binh|vinh phuc"
    r"|tuyen quang|dien bien|dong nai|dong thap|nam dinh|nghe an|hoi an|"
    # Years of the calendar, as in "Tết Bính Ngọ".
    r"(?:giap|at|binh|dinh|mau|ky|canh|tan|nham|quy) (?:ty|suu|dan|mao|thin|ngo|mui|than|dau|tuat|hoi))\b"
)
#: What comes before the name of a firm: "công ty Nguyễn Kim" names no person.
_FIRM = re.compile(
    r"\b(công ty|cty|hãng|siêu thị|chuỗi|đối thủ|company|firm|retailer)\s+((?-i:[A-ZĐÀ-Ỹ])\w*\s?){1,4}", re.IGNORECASE
)
#: A code of a member of staff, an e-mail, a handle or a phone number inside a sentence. Amounts of money are none.
_INSIDE_CONTACT = re.compile(
    r"\w@\w|(^|\s)@\w|(?<![\d.,])(\+84|0)([\s.\-]?\d){8,10}(?![\d.,])"
    r"|(?<![a-z])(nv|emp|msnv|agent)[\s_.\-#]*\d{2,}(?![\d/])",
    re.IGNORECASE,
)
#: Surnames that are sure even in a text without capitals, before "văn" or "thị".
_SURE_IN_LOWER = _words_of("nguyen tran pham huynh phan dang ngo dinh trinh le")
_CONTACT = re.compile(r"\S@\S|(^|\s)@\w|(\d[\s.\-]?){8,}|\b(nv|emp|agent|msnv)[\s_.\-]*\d{2,}", re.IGNORECASE)
_HANDLE = re.compile(r"^[a-z]+[._][a-z]+\d*$")


def looks_like_person(text: str) -> bool:
    """Whether a text names a person (an e-mail, a phone number, a staff code, a Vietnamese or English name, with or
    without a title) instead of a function or role. Roles such as 'Chăm sóc khách hàng' or 'Head of sales' pass."""
    text = _visible(text)
    if _CONTACT.search(text):
        return True
    if _HANDLE.match(text.strip()) and any(_is_name(part) for part in re.split(r"[._\d]+", text.strip())):
        return True
    return any(_names_somebody(part) for part in _PARTS.split(text))


#: Between two of these stands one role, or one person.
_PARTS = re.compile(r"[,;/|()\[\]:&+?!“”\"]|(?<!Mr)(?<!Mrs)(?<!Ms)(?<!Dr)\.|\s[-–—]\s|\s(?:and|và|cùng|with)\s")


def mentions_person(text: str) -> bool:
    """Whether a sentence names a person: 'chị Lan bên kho', 'Ask Jane Smith', 'nguyen van an'. Places, years of the
    calendar and firms ("công ty …") are none."""
    text = _FIRM.sub(" ", _visible(text))
    folded = [fold(word) for word in re.findall(r"[^\W\d_]+", text)]
    plain = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    for i in range(len(folded) - 2):
        middle = plain[i + 1] in ("văn", "thị", "van", "thi")
        if middle and folded[i] in _SURE_IN_LOWER and folded[i + 2] in _GIVEN_VI:
            return True
    return any(_names_somebody(part) for part in _PARTS.split(text))


def mentions_contact(text: str) -> bool:
    """Whether a sentence holds a staff code (NV-00017), an e-mail, a handle or a phone number."""
    return bool(_INSIDE_CONTACT.search(_visible(text)))


def _is_name(folded: str) -> bool:
    return folded in _GIVEN_EN or folded in _SURE_SURNAMES or folded in _SURNAMES_EN or folded in _ALONE_VI


def _names_somebody(part: str) -> bool:
    words = re.findall(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?", part)
    if not words:
        return False
    folded = [fold(word).rstrip(".") for word in words]
    capital = [word[0].isupper() for word in words]
    kept = _outside_places(folded)
    if not kept or (len(kept) == 1 and len(words) > 1) or words == ["Huế"]:
        return False
    words, folded, capital = [words[i] for i in kept], [folded[i] for i in kept], [capital[i] for i in kept]
    for i in range(len(words) - 1):
        follows = capital[i + 1] and folded[i + 1] not in _FUNCTIONS
        if folded[i] in _TITLES and follows and (len(words) == 2 or not capital[i] or _is_name(folded[i + 1])):
            return True
        if capital[i] and capital[i + 1] and _pair(folded, i):
            return True
        if folded[i] in _RANKS and follows and folded[i + 1] in _ALONE_VI | _GIVEN_EN and i + 2 == len(words):
            return True
    if len(words) == 1:
        return capital[0] and (folded[0] in _ALONE_VI or folded[0] in _GIVEN_EN)
    whole = 2 <= len(words) <= 4 and not any(word in _FUNCTIONS and word not in ("thi", "van") for word in folded)
    lower_vietnamese = folded[0] in _SURE_SURNAMES and all(word in _GIVEN_VI for word in folded[1:])
    all_given = all(capital) and all(word in _GIVEN_VI or word in _SURNAMES for word in folded)
    return whole and (lower_vietnamese or all_given)


def _outside_places(folded: list[str]) -> list[int]:
    """Positions of the words that belong to no place and no year of the calendar."""
    line, starts = " ".join(folded), [0]
    for word in folded:
        starts.append(starts[-1] + len(word) + 1)
    taken = [m.span() for m in _PLACES.finditer(line)]
    return [i for i, at in enumerate(starts[:-1]) if not any(a <= at < b for a, b in taken)]


def _pair(folded: list[str], i: int) -> bool:
    """Two neighbouring capitalised words that read as a name: Jane Smith, Nguyễn Văn, Linh Trần."""
    one, two = folded[i], folded[i + 1]
    if one in _FUNCTIONS and two in _FUNCTIONS:
        return False
    if one in _SURE_SURNAMES and two in _GIVEN_VI:
        return True
    if two in _SURE_SURNAMES and (one in _GIVEN_VI or one in _GIVEN_EN):
        return one not in _FUNCTIONS
    return (one in _GIVEN_EN and two not in _FUNCTIONS) or (two in _SURNAMES_EN and one in _GIVEN_EN)
