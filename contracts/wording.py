"""Libraries' own words told as officers read them: what pydantic refuses, what the system refuses, the nearest word."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

REFUSALS: Mapping[str, str] = {
    "missing": "缺少必填的键",
    "extra_forbidden": "不认识的键",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "写法不对",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数,不写小数",
    "int_parsing_size": "数字太大",
    "bool_parsing": "应为 yes 或 no",
    "bool_type": "应为 true 或 false",
    "date_type": "应为日期(YYYY-MM-DD)",
    "date_parsing": "应为日期(YYYY-MM-DD)",
    "date_from_datetime_parsing": "应为日期(YYYY-MM-DD)",
    "date_from_datetime_inexact": "应为日期(YYYY-MM-DD),不写时间",
    "dict_type": "应为键值对",
    "mapping_type": "应为键值对",
    "model_type": "应为键值对",
    "model_attributes_type": "应为键值对",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_short": "不能为空",
    "union_tag_not_found": "缺少类别",
}
BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "不能小于"),
    "greater_than": ("gt", "须大于"),
    "less_than_equal": ("le", "不能大于"),
    "less_than": ("lt", "须小于"),
}
CHOICES = ("enum", "literal_error", "union_tag_invalid")
ELSE = "写法不对"
QUOTED = re.compile(r"'([^']*)'")

SYSTEM_REFUSALS: Mapping[int, str] = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "没有这个文件或目录",
    errno.EEXIST: "已有同名的文件",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "不是一个目录",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名称太长",
    errno.EADDRINUSE: "端口已被占用",
    errno.ECONNREFUSED: "对方没有应答",
}


AGAIN = "后重做同一命令,已入账的不会重复"
# What the drivers of databases say of the machine, not of the row; they tell it by their words alone.
MACHINE: Mapping[str, tuple[str, str]] = {
    "locked": ("数据库正由另一进程使用", f"请稍等,或关闭正在使用的程序{AGAIN}"),
    "disk is full": ("磁盘已满", f"请腾出空间{AGAIN}"),
    "No space left": ("磁盘已满", f"请腾出空间{AGAIN}"),
    "disk I/O error": ("磁盘读写出错", f"请核对磁盘和空间{AGAIN}"),
    "readonly database": ("数据库文件所在的目录不能写", f"请核对数据目录的权限{AGAIN}"),
    "unable to open": ("数据库文件所在的目录不能写", f"请核对数据目录的权限和空间{AGAIN}"),
    "connection": ("与数据库的连接断了", f"请核对网络和数据库{AGAIN}"),
}


OF_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}  # no fault of the program


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one; empty where none is."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def or_nearest(word: str, known: Iterable[str]) -> str:
    """A question to put after what is not known: “,是不是 county?”; empty where nothing is like it."""
    found = nearest(word, known)
    return f",是不是 {found}?" if found else ""


def refused_by_model(error: Mapping[str, Any], model: type[BaseModel] | None = None) -> str:
    """What one of pydantic's errors says, by its code; an unknown key of `model` with the nearest one it has."""
    kind, told = str(error["type"]), error.get("ctx") or {}
    if kind == "value_error":
        return str(told.get("error", ELSE))
    if kind in CHOICES:
        choices = QUOTED.findall(str(told.get("expected") or told.get("expected_tags")))
        return f"只能是 {'、'.join(choices)}{or_nearest(str(error.get('input')), choices)}"
    if kind in BOUNDS:
        bound, words = BOUNDS[kind]
        return f"{words} {told[bound]}"
    if kind == "extra_forbidden" and model is not None:
        *above, name = error["loc"]
        return f"{REFUSALS[kind]}{or_nearest(str(name), _keys_at(model, above))}"
    return REFUSALS.get(kind, ELSE)


def refused_by_system(trouble: OSError) -> str:
    """What the operating system refused; its number where it is a rare one."""
    return SYSTEM_REFUSALS.get(trouble.errno or 0, f"系统错误 {trouble.errno}" if trouble.errno else "读写没有完成")


def room_or_rights(trouble: OSError) -> str:
    """What to do about what the operating system refused."""
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"磁盘已满:请腾出空间{AGAIN}"
    if trouble.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "请核对数据目录和文件的权限"
    return f"请核对磁盘和数据目录{AGAIN}"


def trouble_of_machine(said: str) -> tuple[str, str] | None:
    """What is wrong with the machine, by a database driver's words, and what to do; None where it is fine."""
    return next((told for words, told in MACHINE.items() if words in said), None)


def _keys_at(model: Any, place: Iterable[object]) -> list[str]:  # noqa: ANN401 an annotation may be anything
    """The keys that may stand at a place below a model; none where the place leads through something else."""
    for part in place:
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = model.model_fields.get(str(part))
            model = field.annotation if field else None
        else:
            inside = [one for one in get_args(model) if isinstance(one, type) and issubclass(one, BaseModel)]
            model = inside[0] if len(inside) == 1 else None
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []
