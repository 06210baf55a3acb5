"""`disburse.toml`: settings of a home. Every one has a default; an unknown key is an error."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from unicodedata import name as unicode_name
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from contracts.actor import looks, plain_name
from contracts.codes import Benefit, FirstList, MissingRegister, OfficerRole, Vanished
from contracts.errors import InputError, NotAllowedError
from contracts.files import write_whole
from contracts.months import month_text, parse_month
from contracts.names import plain_part
from contracts.registers import INBOX_FILES, WITH_MONTHS
from contracts.wording import or_nearest, refused_by_model

# A month without a new population register pays the dead; any other register is carried forward, its age said.
MISSING_BY_DEFAULT = {"population": MissingRegister.STOP}

SCRIPTS = ("CJK", "LATIN")  # the letters of officers' names; those of other scripts look like Latin ones

SETTINGS_BYTES = 256 * 1024
POINTS_OF_A_LINE = 200  # of a key with many parts the reader takes the square in memory

AT_PLACE = re.compile(r"line (\d+), column (\d+)")  # in the errors of tomllib


def _refuse_unknown(given: Iterable[str], known: Iterable[str], kind: str) -> None:
    """ValueError naming what is not known, each with the nearest that is."""
    names = list(known)
    unknown = [f"{name}{or_nearest(name, names)}" for name in given if name not in names]
    if unknown:
        raise ValueError(f"不认识的{kind}:{'、'.join(unknown)}")


def _readable(name: str) -> str:
    """The plain form of a name; ValueError where nobody could tell it from another."""
    plain = plain_name(name)
    if not looks(plain):
        raise ValueError("姓名不能为空")
    strange = [char for char in plain if char.isalpha() and not unicode_name(char, "").startswith(SCRIPTS)]
    if strange:
        raise ValueError(f"姓名只用汉字和拉丁字母,“{'、'.join(strange)}”与它们形似而不同")
    return plain


def _require_apart(names: Iterable[str]) -> None:
    """ValueError where two of the names look the same."""
    seen: dict[str, str] = {}
    for name in names:
        if before := seen.get(looks(name)):
            raise ValueError(f"“{before}”和“{name}”分不开:一人只登记一次,两人的名字须看得出不同")
        seen[looks(name)] = name


def _settings_text(path: Path) -> str:
    """The text of the settings; InputError where it is too long, or its keys too deep for the reader's time."""
    with path.open("rb") as opened:
        content = opened.read(SETTINGS_BYTES + 1)
    points = max((line.count(b".") for line in content.splitlines()), default=0)
    if len(content) > SETTINGS_BYTES or points > POINTS_OF_A_LINE:
        raise InputError("设置文件太长,或一行里的点太多,不读取", "请核对是否放错了文件", path.name)
    return content.decode()


class Strict(BaseModel):
    """A section that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Officer(Strict):
    """A person who may act, `--as NAME`."""

    name: str
    roles: tuple[OfficerRole, ...] = Field(min_length=1)
    counties: tuple[str, ...] = ()  # empty: every county
    limit_yuan: int | None = Field(None, ge=1)  # the largest batch he may approve
    system_users: tuple[str, ...] = ()  # the operating system's users he acts as; empty: bound to none

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        return _readable(name)


class Service(Strict):
    """Who makes scheduled runs: no person, and it can make and nothing else."""

    name: str
    counties: tuple[str, ...] = ()  # empty: every county

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        return _readable(name)


class Passwords(Strict):
    """`[passwords]`: limits of officers' passwords."""

    least_length: int = Field(10, ge=8, le=64)
    tries: int = Field(5, ge=1, le=20)  # wrong ones in a row until it is locked
    locked_minutes: int = Field(15, ge=1, le=1440)


class DatabaseSource(Strict):
    """`[county.410721.sources.low_income]`: a register that a database holds. The address is never in the file."""

    url_env: str = Field(min_length=1)  # the environment variable that holds the database's SQLAlchemy URL
    query: str

    @field_validator("query")
    @classmethod
    def _only_reads(cls, query: str) -> str:
        if query.split(maxsplit=1)[:1] not in (["select"], ["SELECT"], ["with"], ["WITH"]):
            raise ValueError("查询须以 SELECT 或 WITH 开头")
        return query


class CurrentList(Strict):
    """`[county.410721.current_lists.low_income]`: a register handed in as a bare list of today's people."""

    first_list: FirstList = FirstList.FROM_INBOX_MONTH
    vanished: Vanished = Vanished.END_BEFORE_INBOX_MONTH


class CountySettings(Strict):
    """`[county.410721]`."""

    go_live_month: date | None = None  # None: the county's first pay month
    lookback_months: int = Field(24, ge=1, le=120)
    pay_backlog: bool = False  # months before the first pay month are paid as arrears, without imported history
    run_as: str = ""  # the service that makes scheduled runs
    recovery_stop_per_mille: int = Field(10, ge=0, le=1000)  # of the month's entitlement
    recovery_stop_at_least: int = Field(20, ge=0)  # people; fewer never stop a run
    shrink_stop_per_mille: int = Field(100, ge=0, le=1000)  # of the people of a register
    shrink_stop_at_least: int = Field(20, ge=0)
    refused_stop_per_mille: int = Field(200, ge=0, le=1000)  # of the data rows of a register
    refused_stop_at_least: int = Field(20, ge=0)
    shared_account_most: int = Field(3, ge=1)  # people of one account; more are in doubt
    missing_register: dict[str, MissingRegister] = Field(default_factory=dict)  # register → what to do
    current_lists: dict[str, CurrentList] = Field(default_factory=dict)  # register → how its list becomes months
    parts: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # register → the parts it is handed in as
    set_off: tuple[Benefit, ...] = ()  # benefits that recover what is owed back from later months
    set_off_per_mille: int = Field(200, ge=1, le=1000)  # of a month's regular payment, at most
    profiles: dict[str, str] = Field(default_factory=dict)  # benefit → profile
    default_profile: str = "generic_pipe"
    sources: dict[str, DatabaseSource] = Field(default_factory=dict)  # register or match list → where it is kept
    answers_folder: str = ""  # where the bank's answers are dropped, below the home or anywhere; empty: nowhere
    schedule_day: int = Field(3, ge=1, le=28)  # the day of the month a scheduled run starts, with run_as as maker

    @field_validator("go_live_month", mode="before")
    @classmethod
    def _month(cls, text: object) -> object:
        return parse_month(text) if isinstance(text, str) else text

    @field_validator("sources")
    @classmethod
    def _known_sources(cls, sources: dict[str, DatabaseSource]) -> dict[str, DatabaseSource]:
        _refuse_unknown(sources, INBOX_FILES, "名册")
        return sources

    @field_validator("current_lists")
    @classmethod
    def _with_months(cls, told: dict[str, CurrentList]) -> dict[str, CurrentList]:
        without = [name for name in told if name not in WITH_MONTHS]
        if without:
            raise ValueError(f"没有起止年月的名册:{'、'.join(without)};可设的有:{'、'.join(WITH_MONTHS)}")
        return told

    @field_validator("default_profile")
    @classmethod
    def _plain_profile(cls, profile: str) -> str:
        return plain_part(profile)

    @field_validator("missing_register")
    @classmethod
    def _known_registers(cls, told: dict[str, MissingRegister]) -> dict[str, MissingRegister]:
        _refuse_unknown(told, INBOX_FILES, "名册")
        if told.get("institution") is MissingRegister.HOLD:
            raise ValueError("供养机构名册不按人登记,只能 carry 或 stop")
        return told

    @field_validator("parts")
    @classmethod
    def _named_parts(cls, told: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        _refuse_unknown(told, INBOX_FILES, "名册")
        plain = {name: tuple(normalize("NFKC", part).strip() for part in parts) for name, parts in told.items()}
        for name, parts in plain.items():
            if len(parts) < 2 or len(set(parts)) < len(parts):
                raise ValueError(f"{name}:至少写两份,名称不空、不重复")
            for part in parts:
                plain_part(part)
        return plain

    @field_validator("profiles")
    @classmethod
    def _known_benefits(cls, profiles: dict[str, str]) -> dict[str, str]:
        _refuse_unknown(profiles, Benefit.values(), "项目")
        for profile in profiles.values():
            plain_part(profile)
        return profiles

    def without_file(self, register: str) -> MissingRegister:
        """What a month does that has no new file of a register."""
        return self.missing_register.get(register, MISSING_BY_DEFAULT.get(register, MissingRegister.CARRY))

    def profile_of(self, benefit: str) -> str:
        """The bank profile a benefit is paid with."""
        return self.profiles.get(benefit, self.default_profile)


class Default(Strict):
    """`[default]`: what a command takes that is given without it. The environment goes before."""

    county: str = ""  # empty: the county of the settings where there is only one
    officer: str = ""


class Settings(Strict):
    """The whole file."""

    default: Default = Default()
    county: dict[str, CountySettings] = Field(default_factory=dict)
    passwords: Passwords = Passwords()
    officer: tuple[Officer, ...] = ()
    service: tuple[Service, ...] = ()

    @field_validator("county")
    @classmethod
    def _plain_counties(cls, counties: dict[str, CountySettings]) -> dict[str, CountySettings]:
        for county in counties:
            plain_part(county)
        return counties

    @field_validator("county")
    @classmethod
    def _answers_apart(cls, counties: dict[str, CountySettings]) -> dict[str, CountySettings]:
        folders = [(Path(one.answers_folder), county) for county, one in counties.items() if one.answers_folder]
        for (folder, county), (other, also) in combinations(folders, 2):
            if folder in (other, *other.parents) or other in folder.parents:
                raise ValueError(f"{county} 和 {also} 的 answers_folder 须是两个互不包含的目录")
        return counties

    @field_validator("officer")
    @classmethod
    def _officers_apart(cls, officers: tuple[Officer, ...]) -> tuple[Officer, ...]:
        _require_apart(officer.name for officer in officers)
        return officers

    @field_validator("service")
    @classmethod
    def _services_apart(cls, services: tuple[Service, ...], info: ValidationInfo) -> tuple[Service, ...]:
        _require_apart(one.name for one in (*info.data.get("officer", ()), *services))
        return services

    def of(self, county: str) -> CountySettings:
        """A county's settings; the defaults where the file has none."""
        return self.county.get(county, CountySettings())

    @property
    def usual_county(self) -> str:
        """The county a command is about that names none; empty where it has to name one."""
        only = next(iter(self.county)) if len(self.county) == 1 else ""
        return self.default.county or only

    def known(self, name: str) -> Officer:
        """Return the officer of that name; NotAllowedError where there is none."""
        officer = next((officer for officer in self.officer if officer.name == plain_name(name)), None)
        if officer is not None:
            return officer
        if any(service.name == plain_name(name) for service in self.service):
            raise NotAllowedError(f"“{name}”是定时服务,只能定时编制,不能由人以它的名义办理", "请用本人的姓名")
        raise NotAllowedError(f"没有名为“{name}”的经办人", "请在 disburse.toml 的 [[officer]] 中登记", "disburse.toml")

    def service_of(self, county: str) -> Service:
        """Return the service that makes a county's scheduled runs; NotAllowedError where `run_as` names none."""
        name = plain_name(self.of(county).run_as)
        service = next((service for service in self.service if service.name == name), None)
        if service is None:
            raise NotAllowedError(
                f"[county.{county}] 的 run_as“{name}”不是定时服务" if name else f"[county.{county}] 没有写 run_as",
                "请在 disburse.toml 中登记 [[service]],run_as 写它的名称:定时运行的经办不是某个人",
                "disburse.toml",
            )
        if service.counties and county not in service.counties:
            raise NotAllowedError(f"定时服务“{name}”不编制 {county}", "请改正 [[service]] 的 counties", "disburse.toml")
        return service

    def in_role(self, name: str, role: OfficerRole) -> Officer:
        """Return the officer of that name, if he has the role, in whatever county; NotAllowedError otherwise."""
        officer = self.known(name)
        if role not in officer.roles:
            raise NotAllowedError(f"“{name}”没有{role.label}权限", f"请由有{role.label}权限的人员办理", "disburse.toml")
        return officer

    def authorised(self, name: str, role: OfficerRole, county: str) -> Officer:
        """Return the officer of that name, if he has the role in the county; NotAllowedError otherwise."""
        officer = self.in_role(name, role)
        if officer.counties and county not in officer.counties:
            raise NotAllowedError(f"“{name}”不经办 {county}", "请由本县人员办理", "disburse.toml")
        return officer


@dataclass(frozen=True)
class Home:
    """`DISBURSE_HOME`: where everything of one installation lies."""

    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home that DISBURSE_HOME names; `var` in the working folder where it is unset."""
        return cls(Path(os.environ.get("DISBURSE_HOME", "var")).resolve())

    @staticmethod
    def of_county(folder: Path, county: str) -> Path:
        """A county's part of a folder of the home; InputError where its code may not become part of a path."""
        try:
            return folder / plain_part(county)
        except ValueError as wrong:
            raise InputError(f"县代码不能作目录名:{wrong}", "请核对县代码", "县代码") from None

    def of_files(self, county: str) -> list[Path]:
        """Every folder in which a county's files are written, with what of the store counties share."""
        store = self.store.iterdir() if self.store.is_dir() else ()
        shared = [folder for folder in store if not folder.name.isdecimal()]  # a county's is its code
        roots = (self.store, self.review, self.outbox, self.reports, self.sealed)
        return [*shared, *(self.of_county(root, county) for root in roots)]

    def inbox(self, county: str, pay_month: date) -> Path:
        """Where a county's register files of one month are put."""
        return self.inbox_of(county) / month_text(pay_month)

    def inbox_of(self, county: str) -> Path:
        """All months of a county's inbox."""
        return self.of_county(self.path / "inbox", county)

    def counties_handed_in(self) -> list[str]:
        """The counties that have a folder in the inbox, in order."""
        inbox = self.path / "inbox"
        return sorted(folder.name for folder in inbox.iterdir() if folder.is_dir()) if inbox.is_dir() else []

    def answers_of(self, county: str) -> Path | None:
        """Where a county's answers are dropped; None where its settings name no folder."""
        told = self.settings().of(county).answers_folder
        return (self.path / told).resolve() if told else None

    def keep_log(self, name: str, said: bytes) -> Path:
        """Keep, whole, what whoever maintains the program may read; where it lies. It must quote nobody."""
        target = self.path / "logs" / name
        write_whole(target, said)
        return target

    @property
    def settings_file(self) -> Path:
        """`disburse.toml`."""
        return self.path / "disburse.toml"

    @property
    def overlay(self) -> Path:
        """The county's own policies."""
        return self.path / "policies"

    @property
    def profiles(self) -> Path:
        """The county's own bank profiles."""
        return self.path / "profiles"

    @property
    def forms(self) -> Path:
        """The county's own forms."""
        return self.path / "forms"

    def layouts_of(self, county: str) -> Path:
        """The layouts of a county's own files."""
        return self.of_county(self.path / "layouts", county)

    @property
    def store(self) -> Path:
        """Parquet between the stages, and the originals of what was received."""
        return self.path / "store"

    @property
    def review(self) -> Path:
        """Payment files that wait for their signatures."""
        return self.path / "review"

    @property
    def heads(self) -> Path:
        """Where the audit chain ended after each act, outside the book."""
        return self.path / "heads"

    @property
    def passwords(self) -> Path:
        """Hashes of officers' passwords, for the home's own user alone."""
        return self.path / "passwords.json"

    @property
    def vouchers(self) -> Path:
        """For whom a run that was started at a door is made, until it begins."""
        return self.path / "vouchers"

    def failures_of(self, county: str) -> Path:
        """What of a county ran unattended and failed, until it is begun again."""
        return self.of_county(self.path / "failures", county)

    @property
    def outbox(self) -> Path:
        """Payment files that officers have released, ready to be sent."""
        return self.path / "outbox"

    @property
    def sealed(self) -> Path:
        """Packages of closed months, and what checks them."""
        return self.path / "sealed"

    @property
    def reports(self) -> Path:
        """Lists and summaries for officers."""
        return self.path / "reports"

    def lists(self, county: str, pay_month: date) -> Path:
        """Where a month's lists lie."""
        return self.of_county(self.reports, county) / month_text(pay_month)

    @property
    def reports_of_counties(self) -> Path:
        """What many counties' months are told together in."""
        return self.reports / "各县"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.path / "dagster"

    @property
    def database_url(self) -> str:
        """`DISBURSE_DATABASE_URL`, or SQLite inside the home."""
        return os.environ.get("DISBURSE_DATABASE_URL") or f"sqlite:///{self.path / 'book.sqlite'}"

    def settings(self) -> Settings:
        """Read `disburse.toml`; InputError naming every wrong key where it is broken. No file: the defaults."""
        if not self.settings_file.exists():
            return Settings()
        try:
            return Settings.model_validate(tomllib.loads(_settings_text(self.settings_file)))
        except UnicodeDecodeError:
            raise InputError("设置文件不是 UTF-8 编码", "请另存为 UTF-8 编码的文本", "disburse.toml") from None
        except (tomllib.TOMLDecodeError, RecursionError) as broken:
            place = AT_PLACE.search(str(broken))
            where = f"第 {place[1]} 行第 {place[2]} 列附近" if place else "文件末尾"
            raise InputError(
                f"设置文件的写法不合 TOML({where})", "请核对引号、等号和方括号,文字须加引号", "disburse.toml"
            ) from None
        except ValidationError as broken:
            wrong = ";".join(
                f"{'.'.join(str(part) for part in error['loc'])}:{refused_by_model(error, Settings)}"
                for error in broken.errors(include_url=False)
            )
            raise InputError(f"设置有误:{wrong}", "请改正后重试(docs/guides/settings.md)", "disburse.toml") from None
