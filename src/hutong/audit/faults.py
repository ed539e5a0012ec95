"""What verifying an export found wrong, counted, and in words."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

FAULTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was signed: what, and where (a path of the export, and the entry)."""

    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"

    def say(self, *, language: Literal["zh", "en"]) -> str:
        """Return the fault in words; what only a library could tell stays as it was told."""
        return f"{self.where}：{_ZH.get(self.what, self.what)}" if language == "zh" else str(self)


_ZH = {
    "the entries do not make the root that was signed": "各条目算出的树根与签名检查点不符",
    "stands out of order, or twice": "次序错乱或重复",
    "is of an entry the checkpoint does not cover": "所属条目不在检查点范围内",
    "cannot be read": "无法读取",
    "is not the key that was asked for": "不是所要求的验证公钥",
    "is not there": "文件缺失",
    "is a symbolic link or no ordinary file": "为符号链接或非普通文件",
    "does not belong in an export of this size": "不属于此规模的导出",
    "is not canonical": "记录不是规范 JSON",
    "is missing and no purge in the log covers it": "记录缺失，且日志中没有涵盖它的销毁条目",
    "are missing in greater number than purges removed": "缺失的记录多于历次销毁的条数",
    "is not the entry its tile was made of": "条目与生成其哈希瓦片时的内容不符",
    "is no leaf of this log": "不是本日志的叶子",
    "is not the record its leaf was made for, or has other parties": "记录或其当事方与叶子中的承诺值不符",
    "has other subjects than its record names": "主体摘要与记录中的根值不符",
    "has columns that say something else than its record": "检索列与记录内容不符",
    "has another moment, event or class than its leaf": "时间、事件或类别与其叶子不符",
    "is missing although its years are not over": "记录缺失，而保存期尚未届满",
    "is not made of the tiles below it": "与下层瓦片算出的结果不符",
    "is no tile": "不是瓦片文件",
    "lies beyond the checkpoint": "超出检查点范围",
}


@dataclass(slots=True)
class Found:
    """What has been found so far; `purged` counts by class."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    entries: int = 0
    records: int = 0
    purged: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, where: str) -> None:
        """Count a fault, and keep the first hundred."""
        self.count += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(Fault(what, where))
