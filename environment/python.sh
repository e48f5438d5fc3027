# Sets `python` to the first Python of at least 3.11 that can make a virtual environment.
# Sourced by reproduce and notebook; each candidate is run, as a name on the path may be a dead shim.
python=""
found=""
for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
  version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  found="$found $name is $version"
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    if "$name" -c 'import ensurepip, ssl, venv' 2>/dev/null; then
      python=$(command -v "$name")
      break
    fi
    found="$found (but without venv; Debian and Ubuntu: apt install python3-venv)"
  fi
  found="$found;"
done
if [ -z "$python" ]; then
  echo "Python: found${found:- none;} needed: 3.11 or newer with venv. Get it from https://www.python.org or your system's packages (Debian, Ubuntu: apt install python3 python3-venv)." >&2
  exit 1
fi
