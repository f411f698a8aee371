"""YAML text -> nodes that know their line, and the collector that reports every fault of a file at once.

Scalars stay text until a reader of ours has read them: YAML itself would make 0.4 a binary float, `no` a truth value
and let a repeated key win in silence. Aliases, anchors and tags are faults, so no file can grow beyond its own size.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, NoReturn, TypeVar, cast

import yaml

from ivigcalc.errors import CatalogueError, InputError
from ivigcalc.model import NOT_STATED

T = TypeVar("T")

MOST_BYTES = 4_000_000
MOST_DEPTH = 20
OR_NOT_STATED = "a value, or 'not stated' where the source has none"


class Node:
    """A piece of the file: text, a list, or a table; and the line where it starts."""

    __slots__ = ("broken", "key", "line", "value")

    def __init__(self, line: int, value: "str | list[Node] | dict[str, Node]") -> None:
        self.line = line
        self.value = value
        self.key: Node | None = None  # of a table that is being read: the key whose value comes next
        self.broken = False  # a fault of it has been noted, so that its readers say no more


class Faults:
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: dict[str, int] = {}  # message -> line; a fault found twice is one

    def add(self, line: int, message: str) -> None:
        """Note a fault at a line: `key: what is wrong, what is expected`."""
        self.found.setdefault("".join(c if c.isprintable() else repr(c)[1:-1] for c in f"{self.file}:{line}: {message}"), line)

    def stop(self, line: int, message: str) -> NoReturn:
        """Note a fault after which nothing more can be read, and report."""
        self.add(line, message)
        raise self._all()

    def report(self) -> None:
        """Raise CatalogueError with every fault in the order of the file, if there are any."""
        if self.found:
            raise self._all()

    def _all(self) -> CatalogueError:
        return CatalogueError(tuple(sorted(self.found, key=lambda message: self.found[message])))


def parse(data: bytes, faults: Faults) -> Node:
    """Read YAML bytes into nodes.

    Args: the bytes; the collector of the file's faults.
    Returns: the root, a table.
    Raises: CatalogueError when the reading cannot go on: not UTF-8, a YAML syntax error, no table at the top.
    """
    root = _compose(_decode(data, faults), faults)
    if root is None or root.value == "":
        faults.stop(1, "the file is empty, expected a table with keys such as sources: and regimens:")
    if not isinstance(root.value, dict):
        faults.stop(root.line, "the file holds no table, expected keys such as sources: and regimens: at the top")
    return root


def _decode(data: bytes, faults: Faults) -> str:
    if len(data) > MOST_BYTES:
        faults.stop(1, f"the file has {len(data):,} bytes, expected at most {MOST_BYTES:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.stop(line, f"byte {data[error.start]:#04x} is not UTF-8, expected the file to be saved as UTF-8")


def _compose(text: str, faults: Faults) -> Node | None:
    """Build nodes from YAML's events; a loop, since a deep file would overflow the stack of YAML's own composer."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    last = max(len(text.splitlines()), 1)  # libyaml may point behind it, where nobody finds anything
    root: Node | None = None
    parents: list[Node] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.CollectionEndEvent):
                parents.pop()
            elif isinstance(event, yaml.NodeEvent):
                node = _node(event, min(_line(event.start_mark), last), faults)
                if parents:
                    _place(node, parents[-1], faults)
                elif root is None:
                    root = node
                else:
                    faults.add(node.line, "a second document starts here, expected one document in a file")
                if isinstance(event, yaml.CollectionStartEvent):
                    parents.append(node)
                if len(parents) > MOST_DEPTH:
                    faults.stop(node.line, f"lists and tables stand more than {MOST_DEPTH} deep, expected the shape of regimens.yaml")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = mark.line + 1 if mark else text.count("\n", 0, odd.start() if odd else 0) + 1  # libyaml counts bytes there
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        faults.stop(min(line, last), f"YAML: {what}, expected valid YAML")
    return root


def _line(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> int:
    return mark.line + 1 if mark else 1


def _node(event: yaml.NodeEvent, line: int, faults: Faults) -> Node:
    if isinstance(event, yaml.AliasEvent):
        faults.add(line, f"*{event.anchor}: a YAML alias, expected the value itself")
        node = Node(line, "")
        node.broken = True
        return node
    if event.anchor:
        faults.add(line, f"&{event.anchor}: a YAML anchor, expected the value without a name")
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        faults.add(line, f"{event.tag}: a YAML tag, expected a plain value")
    if isinstance(event, yaml.ScalarEvent):
        return Node(line, event.value)
    return Node(line, {} if isinstance(event, yaml.MappingStartEvent) else [])


def _place(node: Node, parent: Node, faults: Faults) -> None:
    """Put a node into its parent: a list takes it, a table takes it as a key or as the value of the last key."""
    if isinstance(parent.value, list):
        parent.value.append(node)
        return
    assert isinstance(parent.value, dict)
    if parent.key is None:
        parent.key = node
        if not isinstance(node.value, str):
            faults.add(node.line, "a table or list stands where a key belongs, expected a word and a colon")
        elif node.value in parent.value:
            faults.add(node.line, f"{node.value}: stands twice in one table, expected once")
        return
    node.line = parent.key.line  # a fault of a block is mended at its key
    if isinstance(parent.key.value, str):
        parent.value.setdefault(parent.key.value, node)
    parent.key = None


class Item(NamedTuple):
    """A node with its place in the file, such as regimens.itp.phases[1].dose."""

    node: Node
    where: str
    faults: Faults

    def fault(self, message: str) -> None:
        """Note a fault of this item: `what is wrong, what is expected`."""
        self.faults.add(self.node.line, f"{self.where}: {message}")

    def child(self, key: str) -> "Item | None":
        """The item under a key, or None."""
        node = self.node.value.get(key) if isinstance(self.node.value, dict) else None
        return None if node is None else Item(node, f"{self.where}.{key}" if self.where else key, self.faults)

    def at(self, *keys: str) -> "Item":
        """The item under keys within keys, or the last one that is there."""
        item = self
        for key in keys:
            item = item.child(key) or item
        return item

    def take(self, key: str, read: Callable[["Item"], T], expected: str = "a value") -> T:
        """Read the value under a required key; a fault is noted and stands in for the value."""
        item = self.child(key)
        if item is None:
            if isinstance(self.node.value, dict):
                where = f"{self.where}.{key}" if self.where else key
                self.faults.add(self.node.line, f"{where}: is missing, expected {expected}")
            return cast("T", None)  # the file is refused as a whole, so nobody sees this
        return item.value(read)

    def take_stated(self, key: str, read: Callable[["Item"], T]) -> T | None:
        """Read the value under a required key that may be `not stated`, as None."""
        return self.take(key, stated(read), OR_NOT_STATED)

    def take_or(self, key: str, read: Callable[["Item"], T], default: T) -> T:
        """Read the value under a key that may be left out."""
        item = self.child(key)
        return default if item is None else item.value(read)

    def value(self, read: Callable[["Item"], T]) -> T:
        """Read this item; what the reader refuses is noted as a fault."""
        if self.node.broken:
            return cast("T", None)
        try:
            return read(self)
        except InputError as error:
            self.fault(str(error).removeprefix(f"{self.where}: "))
            return cast("T", None)

    def only(self, *keys: str) -> None:
        """Note every key that does not belong here."""
        if not isinstance(self.node.value, dict):
            self.fault(f"holds no table, expected the keys {', '.join(keys)}")
            return
        for key, node in self.node.value.items():
            if key not in keys:
                where = f"{self.where}.{key}".lstrip(".")
                self.faults.add(node.line, f"{where}: is not a key that is known here, expected one of {', '.join(keys)}")

    def rows(self) -> Iterator["Item"]:
        """The items of a list."""
        if not isinstance(self.node.value, list):
            raise InputError("holds no list, expected one, such as [a, b] or lines that start with a dash")
        for number, node in enumerate(self.node.value, 1):
            yield Item(node, f"{self.where}[{number}]", self.faults)

    def entries(self) -> Iterator[tuple[str, "Item"]]:
        """The keys of a table with their items."""
        if not isinstance(self.node.value, dict):
            raise InputError("holds no table, expected names with a colon")
        for key, node in self.node.value.items():
            yield key, Item(node, f"{self.where}.{key}", self.faults)


def text(item: Item) -> str:
    """Read words [none]; raises InputError where there are none."""
    if not isinstance(item.node.value, str):
        raise InputError("holds a list or table, expected words")
    words = " ".join(item.node.value.split())
    if not words:
        raise InputError("is empty, expected words")
    return words


def stated(read: Callable[[Item], T]) -> Callable[[Item], T | None]:
    """Let a reader also take `not stated`, as None."""

    def reader(item: Item) -> T | None:
        if item.node.value == "":
            raise InputError(f"is empty, expected {OR_NOT_STATED}")
        return None if item.node.value == NOT_STATED else read(item)

    return reader


def one_of(*words: str) -> Callable[[Item], str]:
    """Make a reader of a word from a closed list."""

    def reader(item: Item) -> str:
        word = text(item)
        if word not in words:
            raise InputError(f"{word!r}, expected {' or '.join(words)}")
        return word

    return reader


def texts(item: Item) -> tuple[str, ...]:
    """Read a list of words."""
    return tuple(row.value(text) for row in item.rows())
