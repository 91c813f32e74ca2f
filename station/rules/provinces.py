"""Provinces before and since the mergers of 1 July 2025 (NQ 202/2025/QH15): catalogues write either name."""

from station.rules.vietnamese import search_key

_MERGED_INTO = {
    "Tuyên Quang": ("Hà Giang",),
    "Lào Cai": ("Yên Bái",),
    "Thái Nguyên": ("Bắc Kạn",),
    "Phú Thọ": ("Hoà Bình", "Vĩnh Phúc"),
    "Bắc Ninh": ("Bắc Giang",),
    "Hưng Yên": ("Thái Bình",),
    "Hải Phòng": ("Hải Dương",),
    "Ninh Bình": ("Hà Nam", "Nam Định"),
    "Quảng Trị": ("Quảng Bình",),
    "Đà Nẵng": ("Quảng Nam",),
    "Quảng Ngãi": ("Kon Tum",),
    "Gia Lai": ("Bình Định",),
    "Khánh Hòa": ("Ninh Thuận",),
    "Lâm Đồng": ("Đắk Nông", "Bình Thuận"),
    "Đắk Lắk": ("Phú Yên",),
    "Thành phố Hồ Chí Minh": ("Bình Dương", "Bà Rịa - Vũng Tàu"),
    "Đồng Nai": ("Bình Phước",),
    "Tây Ninh": ("Long An",),
    "Cần Thơ": ("Sóc Trăng", "Hậu Giang"),
    "Vĩnh Long": ("Bến Tre", "Trà Vinh"),
    "Đồng Tháp": ("Tiền Giang",),
    "Cà Mau": ("Bạc Liêu",),
    "An Giang": ("Kiên Giang",),
}
_CURRENT = {search_key(old): new for new, olds in _MERGED_INTO.items() for old in olds}


def current_province(name: str) -> str:
    """The province that holds this one today; one that was not merged away is itself."""
    return _CURRENT.get(search_key(name), name)


def is_merged_away(name: str) -> bool:
    return search_key(name) in _CURRENT


def is_same_province(one: str, other: str) -> bool:
    return search_key(current_province(one)) == search_key(current_province(other))
