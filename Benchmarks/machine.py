"""The processor that a benchmark ran on."""
import pathlib
import platform
import re


def described(key):
    """What Linux says of the first processor, or nothing."""
    try:
        return re.search(rf"^{key}\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1]
    except (OSError, TypeError):
        return ""


def processor():
    return described("model name") or platform.processor() or platform.machine()


def best_instructions():
    flags = described("flags").split()
    return "avx512" if "avx512f" in flags else "avx2" if "avx2" in flags else None
