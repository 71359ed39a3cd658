// Hostile little workers: every one gives the right incident, and none of them leaves a process behind.
#include "impl/foreign/worker.hpp"

#include "scripts/catch.hpp"

#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

using Values = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Where the build put what these tests run (scripts/tests/CMakeLists.txt).
constexpr const char* runner_path = SOFTMAX_AUDIT_RUNNER;
constexpr const char* test_library_path = SOFTMAX_AUDIT_TEST_LIBRARY;
constexpr const char* fast_math_library_path = SOFTMAX_AUDIT_FAST_MATH_LIBRARY;
constexpr const char* test_plugin_path = SOFTMAX_AUDIT_TEST_PLUGIN;
constexpr const char* adapters_path = SOFTMAX_AUDIT_ADAPTERS;

// What every worker of this file has in common, for Python.
constexpr const char* wire_module = R"(
import os, struct, sys, time
def record(pid):
    with open(os.path.join(os.path.dirname(__file__), "pids"), "a") as pids: pids.write(f"{pid}\n")
record(os.getpid())
header = struct.Struct("<IIQIIIIQQdQ")
def say(text):
    sys.stdout.buffer.write(text.encode()); sys.stdout.buffer.flush()
def hello(extra="", operations='["softmax"]'):
    sys.stdin.buffer.readline()
    say('{"softmax_audit": 1, "name": "hostile", "version": "3", "operations": ' + operations + ', "formats": ["f32"]'
        + extra + '}\n')
def call():
    head = sys.stdin.buffer.read(header.size)
    if len(head) < header.size: sys.exit(0)
    fields = header.unpack(head)
    return fields, struct.unpack(f"<{fields[10] // 4}f", sys.stdin.buffer.read(fields[10]))
def answer(fields, payload, kind=1, magic=0x31414D53, sequence=None, announced=None):
    sys.stdout.buffer.write(header.pack(magic, kind, fields[2] if sequence is None else sequence, *fields[3:10],
                                        len(payload) if announced is None else announced) + payload)
    sys.stdout.buffer.flush()
def values(x): return struct.pack(f"<{len(x)}f", *x)
)";

// A folder for one test. Removed with it.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "softmax-audit-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    path = name;
    write("wire.py", wire_module);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& file, const std::string& text) const { std::ofstream(path / file) << text; }

  std::vector<int> pids() const {
    std::vector<int> all;
    std::ifstream file(path / "pids");
    for (int pid = 0; file >> pid;) all.push_back(pid);
    return all;
  }
  // A process that nobody has reaped yet does no harm any more; a killed grandchild may take a moment to go.
  std::size_t living() const {
    for (int patience = 0; patience < 100 && living_now() > 0; ++patience)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return living_now();
  }
  std::size_t living_now() const {
    std::size_t count = 0;
    for (const int pid : pids()) {
      std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
      std::string number, name;
      char state = 'X';
      file >> number >> name >> state;
      if (state != 'X' && state != 'Z') ++count;
    }
    return count;
  }
};

constexpr std::chrono::milliseconds short_timeout{400};

WorkerOptions python(const Folder& folder, const std::string& program) {
  folder.write("worker.py", "from wire import *\n" + program);
  WorkerOptions options;
  options.command = "python3 -S " + (folder.path / "worker.py").string();
  options.python_path = folder.path.string();
  return options;
}

std::vector<double> ask(const Subject& subject, const std::vector<double>& x, std::size_t rows = 1, double scale = 1) {
  Problem problem;
  problem.format = subject.offers.front().format;
  problem.rows = rows;
  problem.cols = x.size() / rows;
  problem.x = x;
  problem.scale = scale;
  return subject.run(problem);
}

// Refers to the memory of its arguments: to be asked in the same expression.
Problem problem_of(Operation operation, Format format, const std::vector<double>& x, const std::vector<double>& dy = {},
                   const std::vector<std::int64_t>& target = {}, std::size_t rows = 1) {
  return {operation, format, rows, x.size() / rows, x, 1, dy, target};
}

struct Seen {
  Incident::Kind kind;
  std::string text;
};
Seen incident_of(const Subject& subject, const std::vector<double>& x, std::size_t rows = 1) {
  try {
    ask(subject, x, rows);
  } catch (const Incident& incident) {
    return {incident.kind, incident.what()};
  }
  throw std::runtime_error("an answer where an incident is due");
}

// One row, asked under watch: what was seen of the subject, whether it answered or not.
struct Watched {
  Deeds deeds;
  std::string text;
  Values y; // empty: it did not answer
  bool did_only(Deed deed) const { return deeds.bits() == 1u << static_cast<unsigned>(deed); }
};
Watched watch(const Subject& subject, const Problem& problem, const Placement& placement = {}) {
  try {
    Answer answer = subject.run_watched(problem, placement);
    return {answer.deeds, answer.seen, answer.y};
  } catch (const Incident& incident) {
    Deeds deeds;
    if (incident.deed) deeds.add(*incident.deed);
    return {deeds, incident.what(), {}};
  }
}
Watched watch(const Subject& subject, const std::vector<double>& x, const Placement& placement = {}) {
  return watch(subject, problem_of(subject.offers[0].operation, subject.offers[0].format, x), placement);
}
constexpr std::array fences{Fence::aligned, Fence::end, Fence::start};

// One question, the incident, and nothing left behind.
void require_incident(const std::string& program, Incident::Kind kind, const std::string& text) {
  CAPTURE(program);
  const Folder folder;
  {
    WorkerOptions options = python(folder, program);
    options.timeout = short_timeout;
    const Subject subject = worker_subject(options);
    const Seen seen = incident_of(subject, {1, 2, 3, 4, 5});
    CHECK(seen.kind == kind);
    CHECK_THAT(seen.text, ContainsSubstring(text));
  }
  CHECK(!folder.pids().empty());
  CHECK(folder.living() == 0);
}

Subject from_library(const std::string& symbol, const std::string& call, WorkerOptions options = {},
                     Operation operation = Operation::softmax) {
  return library_subject(std::string(test_library_path), symbol, call, options, std::string(runner_path), operation);
}
constexpr const char* one_row = "void(const f32* x, f32* y, size n)";

} // namespace

TEST_CASE("a worker answers") {
  const Folder folder;
  {
    const Subject subject = worker_subject(python(folder, R"(
hello(', "scale": true')
while True:
    fields, x = call()
    answer(fields, values([v * fields[9] for v in x]))
)"));
    CHECK(subject.name == "hostile");
    CHECK(subject.version == "3");
    CHECK(subject.instruction_set == "worker");
    CHECK(subject.offers == std::vector{Offer{Operation::softmax, Format::f32}});
    CHECK(subject.takes_scale);
    CHECK(subject.claim_is_assumed);
    CHECK(ask(subject, {1, -2, 0x1p-149, infinity}) == Values{1, -2, 0x1p-149, infinity});
    CHECK(ask(subject, {1, 2, 3, 4, 5, 6}, 3, 2) == Values{2, 4, 6, 8, 10, 12});
    CHECK(ask(subject, {}).empty());
    // Far more than a pipe holds, in both directions.
    std::vector<double> many(3'000'000);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i % 1000);
    CHECK(ask(subject, many, 3) == many);
    Problem outside;
    outside.format = Format::f64;
    CHECK_THROWS_AS(subject.run(outside), std::invalid_argument);
  }
  CHECK(folder.living() == 0);
}

// What a worker sees of the frame comes back as its answer.
TEST_CASE("a worker offers the operations that it names, and gets what each of them has") {
  const Folder folder;
  WorkerOptions options = python(folder, R"(
hello(operations='["log_sum_exp", "softmax_backward", "cross_entropy", "log_softmax", "log_softmax"]')
while True:
    fields = header.unpack(sys.stdin.buffer.read(header.size))
    operation, flags, rows, cols = fields[3], fields[6], fields[7], fields[8]
    x = struct.unpack(f"<{rows * cols}f", sys.stdin.buffer.read(4 * rows * cols))
    dy = struct.unpack(f"<{rows * cols}f", sys.stdin.buffer.read(4 * rows * cols)) if flags & 4 else ()
    target = struct.unpack(f"<{rows}q", sys.stdin.buffer.read(8 * rows)) if flags & 8 else ()
    if fields[10] != 4 * len(x) + 4 * len(dy) + 8 * len(target): sys.exit(9)
    if operation == 1: y = x
    elif operation == 2: y = [flags + sum(x[r * cols:(r + 1) * cols]) for r in range(rows)]
    elif operation == 3: y = [flags + a * b for a, b in zip(x, dy)]
    else: y = [flags + x[r * cols + target[r]] for r in range(rows)] if x[0] != 43 else x
    answer(fields, values(y))
)");
  options.timeout = short_timeout;
  const Subject subject = worker_subject(options);
  using enum Operation;
  CHECK(subject.offers == std::vector{Offer{log_sum_exp, Format::f32}, Offer{softmax_backward, Format::f32},
                                      Offer{cross_entropy, Format::f32}, Offer{log_softmax, Format::f32}});
  const std::vector<double> x{1, 2, 3, 4, 5, 6};
  CHECK(subject.run(problem_of(log_softmax, Format::f32, x, {}, {}, 2)) == x);
  CHECK(subject.run(problem_of(log_sum_exp, Format::f32, x, {}, {}, 2)) == Values{6, 15});
  CHECK(subject.run(problem_of(log_sum_exp, Format::f32, {})) == Values{0});
  CHECK(subject.run(problem_of(softmax_backward, Format::f32, x, {1, 0, 2, 0, -1, 3}, {}, 2)) == Values{5, 4, 10, 4, -1, 22});
  CHECK(subject.run(problem_of(cross_entropy, Format::f32, x, {}, {2, 0}, 2)) == Values{11, 12});
  CHECK_THROWS_WITH(subject.run(problem_of(sigmoid, Format::f32, x)),
                    ContainsSubstring("hostile was asked for sigmoid, which it does not offer"));
  CHECK_THROWS_WITH(subject.run(problem_of(softmax_backward, Format::f32, x, {1, 2})),
                    ContainsSubstring("2 upstream gradients do not belong to 6 logits"));
  CHECK_THROWS_WITH(subject.run(problem_of(cross_entropy, Format::f32, x, {}, {1}, 2)),
                    ContainsSubstring("1 targets do not belong to 2 rows"));
  try {
    subject.run(problem_of(cross_entropy, Format::f32, {43, 1, 1}, {}, {0}));
    FAIL("a row is no answer where one value is due");
  } catch (const Incident& incident) {
    CHECK_THAT(incident.what(), ContainsSubstring("answered with 12 bytes where 4 are due while answering a row of 3"));
  }
  CHECK(folder.pids().size() == 1); // so far
  CHECK(subject.run(problem_of(log_softmax, Format::f32, x)) == x);
  CHECK(folder.pids().size() == 2);
}

TEST_CASE("neither side waits for the other when the answer begins before the question has ended") {
  const Folder folder;
  const Subject subject = worker_subject(python(folder, R"(
hello()
while True:
    fields = header.unpack(sys.stdin.buffer.read(header.size))
    answer(fields, b"", announced=fields[10])
    for at in range(0, fields[10], 1000):
        sys.stdout.buffer.write(sys.stdin.buffer.read(min(1000, fields[10] - at)))
    sys.stdout.buffer.flush()
)"));
  const std::vector<double> many(500'000, 7);
  CHECK(ask(subject, many) == many);
}

TEST_CASE("a worker that dies is told with the row and started again") {
  const Folder folder;
  {
    const Subject subject = worker_subject(python(folder, R"(
import ctypes
hello()
while True:
    fields, x = call()
    if 42 in x:
        print("forty-two is too much", file=sys.stderr, flush=True)
        ctypes.string_at(8)
    answer(fields, values(x))
)"));
    CHECK(ask(subject, {1, 2}) == Values{1, 2});
    const Seen seen = incident_of(subject, {1, 2, 42, 4, 5});
    CHECK(seen.kind == Incident::Kind::crashed);
    CHECK_THAT(seen.text, ContainsSubstring("the subject's process was killed by signal 11 (Segmentation fault) while "
                                            "answering a row of 5; its last words: forty-two is too much"));
    CHECK(ask(subject, {3}) == Values{3});
    CHECK_THAT(incident_of(subject, {42, 42, 42, 42}, 2).text, ContainsSubstring("while answering 2 rows of 2"));
  }
  CHECK(folder.pids().size() == 2);
  CHECK(folder.living() == 0);
}

TEST_CASE("hostile workers") {
  using enum Incident::Kind;
  require_incident("hello(); call(); time.sleep(1000)", timed_out, "no answer within 400 ms to a row of 5");
  // It ignores what a polite end would be, and so does its child.
  require_incident("import signal, subprocess\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nhello(); call()\n"
                   "record(subprocess.Popen(['sleep', '1000']).pid)\nwhile True: pass",
                   timed_out, "no answer within 400 ms to a row of 5");
  require_incident("hello(); call(); say('loading the model...\\n'); time.sleep(1000)", crashed,
                   "sent \"loading the model...\\n\" where a frame is due while answering a row of 5");
  require_incident("hello(); call(); say('ok'); time.sleep(1000)", crashed, "sent \"ok\" where a frame is due");
  require_incident("hello(); f, x = call(); answer(f, values(x[1:])); time.sleep(1000)", crashed,
                   "answered with 16 bytes where 20 are due");
  require_incident("hello(); f, x = call(); answer(f, values(x + x)); time.sleep(1000)", crashed,
                   "answered with 40 bytes where 20 are due");
  require_incident("hello(); f, x = call(); answer(f, values(x + x), announced=20); time.sleep(1000)", crashed,
                   "sent 20 bytes after the end of its answer while answering a row of 5");
  require_incident("hello(); f, x = call(); answer(f, values(x[1:]), announced=20); time.sleep(1000)", timed_out,
                   "after 80 bytes of its answer");
  require_incident("hello(); f, x = call(); answer(f, values(x[1:]), announced=20)", crashed,
                   "ended (exit status 0) while answering a row of 5, after 80 bytes of its answer");
  require_incident("hello(); f, x = call(); answer(f, values(x), sequence=9); time.sleep(1000)", crashed,
                   "answered call 9 when asked call 1");
  require_incident("hello(); f, x = call(); answer(f, values(x), kind=0); time.sleep(1000)", crashed, "a frame of kind 0");
  require_incident("hello(); f, x = call(); answer(f, b'', announced=1 << 60); time.sleep(1000)", crashed,
                   "answered with 1152921504606846976 bytes where 20 are due");
  require_incident("hello(); call(); sys.exit(0)", crashed, "ended (exit status 0) while answering a row of 5");
  require_incident("hello(); call(); sys.exit(3)", crashed, "ended (exit status 3)");
  require_incident("hello(); call(); os.close(1); time.sleep(1000)", crashed, "closed its output while answering a row of 5");
  require_incident("hello(); os.close(0); time.sleep(1000)", timed_out, "no answer within 400 ms");
  require_incident("hello(); f, x = call(); answer(f, b'not today', kind=2); call()", refused,
                   "the subject refused a row of 5: not today");
  require_incident("hello(); f, x = call(); answer(f, b'no\\xff\\x00 luck', kind=3); call()", crashed,
                   "the worker reported: no?? luck");
  require_incident("hello(); say('hi'); call()", crashed, "sent \"hi\" ");
}

TEST_CASE("a refusal and an error leave the process in place") {
  const Folder folder;
  const Subject subject = worker_subject(python(folder, R"(
hello()
while True:
    fields, x = call()
    answer(fields, values(x), kind=int(x[0]))
)"));
  CHECK(incident_of(subject, {2}).kind == Incident::Kind::refused);
  CHECK(incident_of(subject, {3}).kind == Incident::Kind::crashed);
  CHECK(ask(subject, {1}) == Values{1});
  CHECK(folder.pids().size() == 1);
}

TEST_CASE("a worker that ends between two questions is found at the next one") {
  const Folder folder;
  const Subject subject = worker_subject(python(folder, "hello(); f, x = call(); answer(f, values(x))"));
  CHECK(ask(subject, {1}) == Values{1});
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK_THAT(incident_of(subject, {1}).text,
             ContainsSubstring("ended (exit status 0) between two questions, after its last answer"));
  CHECK(ask(subject, {2}) == Values{2});
}

TEST_CASE("a worker started from a thread outlives the thread") {
  const Folder folder;
  const Subject subject = worker_subject(python(folder, R"(
hello()
while True:
    fields, x = call()
    if x[0] == 42: sys.exit(1)
    answer(fields, values(x))
)"));
  std::thread([&] {
    CHECK(incident_of(subject, {42}).kind == Incident::Kind::crashed);
    CHECK(ask(subject, {1}) == Values{1});
  }).join();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(ask(subject, {2}) == Values{2});
  CHECK(folder.pids().size() == 2);
}

// Run by the next test in a program of its own.
TEST_CASE("dies and leaves a worker that hangs", "[.]") {
  const char* given = std::getenv("SOFTMAX_AUDIT_FOLDER"); // by the test that runs this one
  REQUIRE(given);
  const std::filesystem::path folder = given;
  WorkerOptions options;
  // The shell stays, so that the worker is a grandchild.
  options.command = "python3 -S " + (folder / "worker.py").string() + "; exit";
  options.python_path = folder.string();
  const Subject subject = worker_subject(options);
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    kill(getpid(), SIGKILL);
  }).detach();
  ask(subject, {1});
}

TEST_CASE("no worker outlives the program, however it ends") {
  const Folder folder;
  python(folder, "hello(); call(); time.sleep(1000)");
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "SOFTMAX_AUDIT_FOLDER='" + folder.path.string() + "' '" + self +
                              "' 'dies and leaves a worker that hangs' >/dev/null 2>&1";
  CHECK(std::system(command.c_str()) != 0);
  CHECK(folder.pids().size() == 1);
  CHECK(folder.living() == 0);
}

TEST_CASE("a worker keeps to its memory") {
  const Folder folder;
  {
    WorkerOptions options = python(folder, "hello(); call(); b = bytearray(300 << 20); time.sleep(1000)");
    options.memory_bytes = 100 << 20;
    const Subject subject = worker_subject(options);
    const Seen seen = incident_of(subject, {1});
    CHECK(seen.kind == Incident::Kind::crashed);
    CHECK_THAT(seen.text, ContainsSubstring("needed more than the 100 MiB of resident memory that it may use"));
  }
  CHECK(folder.living() == 0);
}

TEST_CASE("no handshake, no subject") {
  struct Wrong {
    std::string program, sentence;
  };
  const Wrong wrongs[] = {
      {"time.sleep(1000)", "no handshake within 400 ms"},
      {"sys.exit(4)", "it ended (exit status 4) before its handshake"},
      {"print('no such GPU', file=sys.stderr); sys.exit(4)", "its last words: no such GPU"},
      {"say('hello, world\\n'); time.sleep(1000)", "its first line is not {\"softmax_audit\": 1, ...} but \"hello, world\""},
      {"say('hello'); sys.exit(0)", "it ended (exit status 0) before its handshake, after \"hello\""},
      {"say('x' * 70000); time.sleep(1000)", "its first line is longer than 65536 bytes"},
      {"say('{\"softmax_audit\": 2}\\n'); time.sleep(1000)", "it speaks version 2 of the protocol, not version 1"},
      {"say('{\"softmax_audit\": 1}\\n'); time.sleep(1000)", "its handshake has no text \"name\""},
      {"say('{\"softmax_audit\": 1, \"error\": \"no licence found\"}\\n'); sys.exit(2)", "no licence found"},
      {"hello(operations='[\"softmax\", \"softmin\"]')",
       "its handshake names the operation \"softmin\", which is none of softmax, log_softmax, log_sum_exp, softmax_backward, "
       "softmax_backward_from_output, cross_entropy, sigmoid"},
      {"hello(operations='[]')", "its handshake offers no operation"},
      {"hello(operations='\"softmax\"')", "its handshake has no list of texts \"operations\""},
      {"say('{\"softmax_audit\": 1, \"name\": \"a\", \"version\": \"1\", \"operations\": [\"softmax\"], \"formats\": "
       "[\"f8\"]}\\n')",
       "its handshake names the format \"f8\", which is none of f16, bf16, f32, f64"},
      {"say('{\"softmax_audit\": 1, \"name\": \"a\", \"version\": \"1\", \"operations\": [\"softmax\"], \"formats\": "
       "[]}\\n')",
       "its handshake offers no format"},
  };
  for (const auto& [program, sentence] : wrongs) {
    CAPTURE(program);
    const Folder folder;
    WorkerOptions options = python(folder, program);
    if (program == "time.sleep(1000)") options.start_timeout = short_timeout;
    REQUIRE_THROWS_WITH(worker_subject(options), ContainsSubstring(sentence));
    CHECK(folder.living() == 0);
  }
  WorkerOptions absent;
  REQUIRE_THROWS_AS(worker_subject(absent), std::invalid_argument);
  absent.command = "there-is-no-such-program";
  REQUIRE_THROWS_WITH(worker_subject(absent), ContainsSubstring("it ended (exit status 127) before its handshake"));
  absent.argv = {"/there/is/no/such/program"};
  REQUIRE_THROWS_WITH(worker_subject(absent),
                      ContainsSubstring("worker: cannot start \"/there/is/no/such/program\": No such file or directory"));
  REQUIRE_THROWS_WITH(worker_subject({}), ContainsSubstring("worker: the command is empty"));
}

TEST_CASE("a process that has died and its shell tell the signal") {
  const Folder folder;
  WorkerOptions options = python(folder, "hello(); call(); os.kill(os.getpid(), 11)");
  options.command += "; exit $?";
  CHECK_THAT(incident_of(worker_subject(options), {1}).text,
             ContainsSubstring("ended (exit status 139, in a shell: killed by signal 11, Segmentation fault)"));
  CHECK(folder.living() == 0);
}

TEST_CASE("a function of a library answers") {
  const std::vector<double> x{1, 2, 3, 3, 2, 1};
  const Subject good = from_library("good", "void(const f32* x, f32* y, size rows, size cols)");
  CHECK(good.name == "good");
  CHECK(good.instruction_set == "library");
  CHECK(good.offers == std::vector{Offer{Operation::softmax, Format::f32}});
  CHECK_FALSE(good.takes_scale);
  CHECK(good.claim_is_assumed);
  const std::vector<double> y = ask(good, x, 2);
  REQUIRE(y.size() == 6);
  CHECK(std::fabs(y[2] - 0.66524095) < 1e-6);
  CHECK(y[0] == y[5]);
  CHECK(std::fabs(ask(good, {0, 0})[1] - 0.5) == 0);

  CHECK(ask(from_library("with_distances", "int(f32* y, i64 ldy, int cols, const f32* x, i64 ldx, int rows, const f32* mask)"),
            x, 2) == y);
  CHECK(ask(from_library("in_place", "void(f32* x, int n)"), x, 2) == y);
  WorkerOptions options;
  options.name = "renamed";
  const Subject scaled = from_library("scaled", "void(const f64* x, f64* y, size n, f64 scale)", options);
  CHECK(scaled.name == "renamed");
  CHECK(scaled.takes_scale);
  CHECK(std::fabs(ask(scaled, {0, 1}, 1, 2)[1] - 1 / (1 + std::exp(-2.0))) < 1e-15);
  CHECK(ask(scaled, {0, 0}) == Values{0.5, 0.5});
  const Subject widening = from_library("reads_halves", "void(const f16* x, f32* y, size n)");
  CHECK(widening.offers == std::vector{Offer{Operation::softmax, Format::f32}});
  CHECK(widening.format_of_x == Format::f16);
  CHECK(ask(widening, {0, 0x1p-24}) == ask(good, {0, 0x1p-24}));
  CHECK_THROWS_AS(ask(widening, {0, 0x1p-25}), Incident); // no binary16
  const std::vector<double> halves{1, -2, 0x1p-24, 65504, infinity, -infinity, -0.0};
  CHECK(ask(from_library("copies_16", "void(const f16* x, f16* y, size n)"), halves) == halves);
  const std::vector<double> brains{1, -2, 0x1p-133, 0x1.fep127, infinity, -infinity, -0.0};
  CHECK(ask(from_library("copies_16", "void(const bf16* x, bf16* y, size n)"), brains) == brains);
}

TEST_CASE("a function of a library is one of the relatives of softmax") {
  using enum Operation;
  const auto relative = [](Operation operation, const std::string& symbol, const std::string& call) {
    WorkerOptions options;
    options.timeout = short_timeout;
    return from_library(symbol, call, options, operation);
  };
  const auto is_near = [](const std::vector<double>& y, const std::vector<double>& want) {
    REQUIRE(y.size() == want.size());
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::fabs(y[i] - want[i]) < 1e-6);
  };
  const std::vector<double> x{0, std::log(3.0), std::log(2.0), 0}; // rounded to f32 on their way
  constexpr Format f32 = Format::f32;
  std::vector<double> rounded;
  for (const double value : x) rounded.push_back(round_to(f32, value));
  const double log_3 = std::log(3.0), log_4 = std::log(4.0), log_2 = std::log(2.0);

  const Subject log = relative(log_softmax, "log_softmax", "void(const f32* x, f32* y, size rows, size cols)");
  CHECK(log.offers == std::vector{Offer{log_softmax, f32}});
  is_near(log.run(problem_of(log_softmax, f32, rounded, {}, {}, 2)), {-log_4, log_3 - log_4, log_2 - log_3, -log_3});
  CHECK_THROWS_WITH(ask(log, {1, 2}), ContainsSubstring("was asked for softmax, which it does not offer"));

  const Subject sums = relative(log_sum_exp, "log_sum_exp", "void(const f32* x, f32* y, size rows, size cols, size ld)");
  is_near(sums.run(problem_of(log_sum_exp, f32, rounded, {}, {}, 2)), {log_4, log_3});
  is_near(sums.run(problem_of(log_sum_exp, f32, {1, 2, 3}, {}, {}, 3)), {1, 2, 3});
  CHECK(sums.run(problem_of(log_sum_exp, f32, {})) == Values{-infinity});

  const Subject backward = relative(softmax_backward, "softmax_backward",
                                    "void(f32* y, i64 ldy, const f32* dy, const f32* x, i64 ldx, int rows, int cols)");
  is_near(backward.run(problem_of(softmax_backward, f32, rounded, {1, 0, 0, 3}, {}, 2)), {3. / 16, -3. / 16, -2. / 3, 2. / 3});
  const Subject from_output =
      relative(softmax_backward_from_output, "softmax_backward_from_output", "void(f32* x, const f32* dy, size n)");
  CHECK(from_output.run(problem_of(softmax_backward_from_output, f32, {0.25, 0.75, 0.5, 0.5}, {1, 0, 0, 2}, {}, 2)) ==
        Values{0.1875, -0.1875, -0.5, 0.5});

  const Subject entropy =
      relative(cross_entropy, "cross_entropy", "void(const f32* x, const i64* target, f32* y, size rows, size cols)");
  is_near(entropy.run(problem_of(cross_entropy, f32, rounded, {}, {1, 0}, 2)), {log_4 - log_3, log_3 - log_2});
  const Subject of_one = relative(cross_entropy, "cross_entropy_of_one", "void(const f32* x, f32* y, int n, int target)");
  is_near(of_one.run(problem_of(cross_entropy, f32, rounded, {}, {1, 0}, 2)), {log_4 - log_3, log_3 - log_2});
  // Three elements of 16 bits: the targets begin where no i64 would.
  const Subject of_ints =
      relative(cross_entropy, "cross_entropy_of_ints", "void(const f16* x, const int* target, f16* y, size rows, size cols)");
  CHECK(of_ints.run(problem_of(cross_entropy, Format::f16, {1, 2, 3}, {}, {2})) == Values{3});
  CHECK(of_ints.run(problem_of(cross_entropy, Format::f16, {1, 2, 3}, {}, {0, 0, 0}, 3)) == Values{1, 2, 3});
  // Nothing reads an index that int cannot hold.
  CHECK_THROWS_WITH(of_ints.run(problem_of(cross_entropy, Format::f16, {1, 2, 3}, {}, {std::int64_t{1} << 32})),
                    ContainsSubstring("the subject refused a row of 3: target = 4294967296 does not fit into int"));

  for (const auto& [operation, symbol, call] :
       {std::tuple{log_sum_exp, "log_sum_exp_writes_a_row", one_row},
        std::tuple{softmax_backward, "softmax_backward_writes_dy", "void(const f32* x, f32* dy, f32* y, size n)"}}) {
    CAPTURE(symbol);
    const Subject hostile = relative(operation, symbol, call);
    const std::vector<double> row{1, 2}, dy = takes_upstream_gradient(operation) ? row : Values{};
    const Watched seen = watch(hostile, problem_of(operation, f32, row, dy), {.fence = Fence::end});
    CHECK(seen.did_only(takes_upstream_gradient(operation) ? Deed::writes_input : Deed::writes_outside));
  }
  CHECK_THROWS_WITH(relative(cross_entropy, "cross_entropy", one_row),
                    ContainsSubstring("call: column 34: cross_entropy has a target: one argument must be \"target\""));
  CHECK_THROWS_WITH(relative(softmax, "good", "void(const f32* x, const f32* dy, f32* y, size n)"),
                    ContainsSubstring("\"dy\" needs --operation softmax_backward"));
}

TEST_CASE("a library breaks the rules of isolation") {
  using enum Incident::Kind;
  const auto incident = [](const std::string& symbol, const std::string& call, const std::vector<double>& x = {1, 2, 3, 4, 5}) {
    WorkerOptions options;
    options.timeout = short_timeout;
    return incident_of(from_library(symbol, call, options), x);
  };
  CHECK_THAT(incident("leaves", one_row).text, ContainsSubstring("ended (exit status 0) while answering a row of 5"));
  const Seen seen = incident("refuses", "int(const f32* x, f32* y, size n)");
  CHECK(seen.kind == refused);
  CHECK_THAT(seen.text, ContainsSubstring("refuses returned 7"));
  CHECK(incident("hangs_on_43", one_row, {43}).kind == timed_out);

  const Subject crashes = from_library("crashes_on_42", one_row);
  CHECK(ask(crashes, {1, 1}) == Values{0.5, 0.5});
  CHECK_THAT(incident_of(crashes, {42, 1}).text, ContainsSubstring("; its last words: forty-two is too much"));
  CHECK(ask(crashes, {1, 1}) == Values{0.5, 0.5});

  CHECK(std::isnan(ask(from_library("forgets_the_last", one_row), {1, 2, 3})[2]));
  CHECK(ask(from_library("prints_and_reads", one_row), {1, 1}) == Values{0.5, 0.5});
  // Put back after each call.
  const Subject rounds = from_library("rounds_upward", one_row);
  CHECK(ask(rounds, {1, 1}) == Values{0.5, 0.5});
  CHECK(ask(rounds, {1, 1}) == Values{0.5, 0.5});
}

TEST_CASE("under a fence every access outside is seen, and without one none matters") {
  struct Access {
    const char* symbol;
    Deed deed;
    const char* text;            // at the fences that see it
    std::array<bool, 3> is_seen; // aligned, end, start
  };
  // Five floats: buffers that are aligned to 64 bytes have 44 bytes between their end and the fence. Writes leave a trace there.
  const Access accesses[] = {
      {"reads_past_the_end", Deed::reads_outside, "read at byte 0 after the end of x", {false, true, false}},
      {"reads_before_the_beginning", Deed::reads_outside, "read 4 bytes before the beginning of x", {false, false, true}},
      {"writes_past_the_end", Deed::writes_outside, "wrote at byte 0 after the end of y", {true, true, true}},
      {"writes_before_the_beginning", Deed::writes_outside, "wrote 4 bytes before the beginning of y", {true, true, true}},
      {"writes_its_input", Deed::writes_input, "wrote to its input x, at byte 0", {true, true, true}},
  };
  const std::vector<double> x{1, 2, 3, 4, 5};
  const Values y = ask(from_library("good", "void(const f32* x, f32* y, size rows, size cols)"), x);
  for (const Access& access : accesses) {
    CAPTURE(access.symbol);
    const Subject subject = from_library(access.symbol, one_row);
    const Watched unfenced = watch(subject, x);
    CHECK(unfenced.deeds.bits() == 0);
    CHECK((unfenced.y.size() == 5 && unfenced.y[4] == y[4]));
    for (std::size_t f = 0; f < fences.size(); ++f) {
      CAPTURE(f);
      const Watched seen = watch(subject, x, {.fence = fences[f]});
      CHECK((access.is_seen[f] ? seen.did_only(access.deed) : seen.deeds.bits() == 0));
      if (access.is_seen[f]) CHECK_THAT(seen.text, ContainsSubstring(access.text));
    }
  }
  // Aligned, the fence begins with the sixteenth float.
  const std::vector<double> sixteen(16, 1.0);
  CHECK(watch(from_library("reads_past_the_end", one_row), sixteen, {.fence = Fence::aligned}).did_only(Deed::reads_outside));
  const Watched huge = watch(from_library("reads_at_a_huge_stride", one_row), x, {.fence = Fence::end});
  CHECK(huge.did_only(Deed::raises_signal));

  const Subject ignores = from_library("ignores_distance", "void(const f32* x, f32* y, size rows, size cols, size ld)");
  const std::vector<double> six{1, 2, 3, 4, 5, 6};
  for (const Fence fence : fences) {
    const Watched seen = watch(ignores, problem_of(Operation::softmax, Format::f32, six, {}, {}, 2), {.fence = fence});
    CHECK(seen.did_only(Deed::writes_outside));
    CHECK_THAT(seen.text, ContainsSubstring("wrote between the rows of its results, after row 0"));
  }
}

TEST_CASE("bytes that may be read after a buffer are allowed, and no more of them") {
  const std::vector<double> x{1, 2, 3, 4, 5};
  for (const std::size_t allowed : {0, 12, 16}) {
    CAPTURE(allowed);
    WorkerOptions options;
    options.overread = allowed;
    const Subject subject = from_library("reads_a_vector_at_the_end", one_row, options);
    const Watched seen = watch(subject, x, {.fence = Fence::end});
    if (allowed >= 16) {
      CHECK(seen.deeds.bits() == 0);
    } else {
      CHECK(seen.did_only(Deed::reads_outside));
      CHECK_THAT(seen.text, ContainsSubstring("read at byte " + std::to_string(allowed) + " after the end of x"));
    }
    // Writing there is not what was allowed.
    CHECK(
        watch(from_library("writes_past_the_end", one_row, options), x, {.fence = Fence::end}).did_only(Deed::writes_outside));
  }
  WorkerOptions options;
  options.overread = 1 << 20;
  REQUIRE_THROWS_WITH(from_library("good", one_row, options),
                      ContainsSubstring("--allow-overread 1048576 is not a number of bytes up to 65536"));
}

TEST_CASE("what a library does besides answering is seen as what it is") {
  struct Doing {
    const char* symbol;
    Deed deed;
    const char* text;
  };
  const Doing doings[] = {
      {"rounds_upward", Deed::changes_environment, "changed the rounding mode"},
      {"prints_and_reads", Deed::prints, "printed 37 bytes to standard output"},
      {"forks", Deed::starts_process, "started a process"},
      {"waits_for_a_program", Deed::starts_process, "started a process"},
      {"closes_its_output", Deed::touches_descriptors, "closed standard output"},
      {"closes_everything", Deed::touches_descriptors, "lost its connection, which the subject closed"},
      {"hangs_on_43", Deed::exceeds_time, "no answer within"},
      {"keeps_growing", Deed::exceeds_memory, "needed more than the 64 MiB of resident memory"},
      {"recurses", Deed::exceeds_stack, "used more than its stack of"},
      {"crashes_on_42", Deed::raises_signal, "was killed by signal 11 (Segmentation fault)"},
      {"leaves", Deed::leaves_otherwise, "ended (exit status 0)"},
  };
  for (const Doing& doing : doings) {
    CAPTURE(doing.symbol);
    WorkerOptions options;
    options.timeout = doing.deed == Deed::exceeds_time ? short_timeout : std::chrono::milliseconds(10000);
    if (doing.deed == Deed::exceeds_memory) options.memory_bytes = 64 << 20;
    const Subject subject = from_library(doing.symbol, one_row, options);
    const Values x = doing.deed == Deed::raises_signal ? Values{42, 1} : Values{43, 1};
    for (int times = 0; times < 2; ++times) { // seen again after it was mended, or started again
      const Watched seen = watch(subject, x, {.fence = Fence::start});
      CHECK(seen.did_only(doing.deed));
      CHECK_THAT(seen.text, ContainsSubstring(doing.text));
    }
  }
  // Nothing of this is theirs.
  for (const char* symbol : {"hangs_on_43", "crashes_on_42", "opens_once"}) {
    CAPTURE(symbol);
    const Subject subject = from_library(symbol, one_row);
    for (int times = 0; times < 5; ++times) {
      const Watched seen = watch(subject, Values{1, 1}, {.fence = Fence::start});
      CHECK(seen.deeds.bits() == 0);
      CHECK(seen.y == Values{0.5, 0.5});
    }
  }
  // The first ones may be what it keeps.
  const Subject opens = from_library("opens_at_every_call", one_row);
  Watched last;
  for (int times = 0; times < 3; ++times) last = watch(opens, Values{1, 1}, {.fence = Fence::start});
  CHECK(last.did_only(Deed::touches_descriptors));
  CHECK_THAT(last.text, ContainsSubstring("left descriptor"));
  // 1023 copies, if they were let.
  const std::vector<double> ten(10, 1.0);
  const Watched copies = watch(from_library("forks_for_every_row", "void(const f32* x, f32* y, size rows, size cols)"),
                               problem_of(Operation::softmax, Format::f32, ten, {}, {}, 10));
  CHECK((copies.deeds.has(Deed::starts_process) && copies.deeds.has(Deed::prints)));
  CHECK_THAT(copies.text, ContainsSubstring("printed 10 bytes to standard output"));
  CHECK(copies.y == ten);
  // A process that stays is told with the row that started it.
  const Subject servant = from_library("starts_a_servant", one_row);
  CHECK(watch(servant, Values{1, 1}).deeds.bits() == 0);
  CHECK(watch(servant, Values{44, 1}).did_only(Deed::starts_process));
  CHECK(watch(servant, Values{1, 1}).deeds.bits() == 0);
}

TEST_CASE("what loading a library changes is seen with every row, and put back") {
#if defined(__x86_64__)
  const Subject subject = library_subject(std::string(fast_math_library_path), "copies", one_row, {}, std::string(runner_path));
  const std::vector<double> x{1, 0x1p-149};
  for (int times = 0; times < 2; ++times) {
    const Watched seen = watch(subject, x);
    CHECK(seen.y == x);
    CHECK(seen.did_only(Deed::changes_environment));
    CHECK(seen.text == "when it was loaded: changed flush-to-zero; changed denormals-are-zero");
  }
#endif
}

TEST_CASE("results have their place prefilled as asked") {
  const Subject adds = from_library("adds_to_its_results", one_row);
  const std::vector<double> x{1, -2};
  CHECK(std::isnan(watch(adds, x).y[0]));
  CHECK(watch(adds, x, {.prefill = Prefill::zero}).y == Values{1, -2});
  CHECK(watch(adds, x, {.prefill = Prefill::one}).y == Values{2, -1});
  CHECK(watch(adds, x, {.prefill = Prefill::largest}).y == Values{0x1.fffffep127, 0x1.fffffep127});
  CHECK(watch(adds, x, {.prefill = Prefill::minus_infinity}).y == Values{-infinity, -infinity});
}

TEST_CASE("four callers at once, and a call that is timed") {
  const Subject good = from_library("good", "void(const f32* x, f32* y, size rows, size cols)");
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8};
  const Problem four = problem_of(Operation::softmax, Format::f32, x, {}, {}, 4);
  CHECK(good.run_watched(four, {.callers = 4}).differing == 0);
  CHECK(good.run_watched(four, {.repeats = 9}).nanoseconds > 0);
  // A copy that a caller makes of the process ends, instead of calling on and making more.
  const Watched forks = watch(from_library("forks", one_row), four, {.callers = 4});
  CHECK(forks.did_only(Deed::starts_process));
  // What one call changes is put back before the next one of the same caller.
  const Subject rounds = from_library("rounds_upward", one_row);
  CHECK(rounds.run_watched(problem_of(Operation::softmax, Format::f32, x), {.callers = 4}).differing == 0);
}

TEST_CASE("long rows give the same bits through shared memory and through the pipe") {
  std::vector<double> x(9000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i % 97) / 8;
  WorkerOptions options;
  std::vector<Values> all;
  for (const bool shared : {true, false}) {
    options.shared_memory = shared;
    const Subject good = from_library("good", "void(const f32* x, f32* y, size rows, size cols)", options);
    for (const std::size_t rows : {1, 3}) all.push_back(ask(good, x, rows));
    const Watched seen = watch(good, x, {.fence = Fence::end});
    CHECK(seen.deeds.bits() == 0);
    all.push_back(seen.y);
    CHECK(ask(good, {0, 0}) == Values{0.5, 0.5}); // a short one goes through the pipe in between
    all.push_back(ask(good, x));
    // Gone and started again, it maps the memory again.
    const Subject crashes = from_library("crashes_on_42", one_row, options);
    std::vector<double> fatal = x;
    fatal[0] = 42;
    CHECK(watch(crashes, fatal).did_only(Deed::raises_signal));
    all.push_back(ask(crashes, x));
  }
  REQUIRE(all.size() == 10);
  for (std::size_t k = 0; k < 5; ++k) CHECK(all[k] == all[k + 5]);
  CHECK(all[0] == all[2]);
  CHECK(all[0] == all[4]);
}

TEST_CASE("a plugin answers, and one that cannot is told before it is asked") {
  const auto plugin = [](const std::string& entry) {
    return plugin_subject(std::string(test_plugin_path), entry, {}, std::string(runner_path));
  };
  const Subject subject = plugin("");
  CHECK(subject.name == "test_plugin");
  CHECK(subject.version == "7");
  CHECK(subject.instruction_set == "scalar");
  CHECK(subject.takes_scale);
  using enum Operation;
  CHECK(subject.offers ==
        std::vector{Offer{softmax, Format::f32}, Offer{softmax, Format::f64}, Offer{log_sum_exp, Format::f32}});
  const std::vector<double> x{0, 0, 1, 1};
  CHECK(subject.run(problem_of(softmax, Format::f64, x, {}, {}, 2)) == Values{0.5, 0.5, 0.5, 0.5});
  CHECK(subject.run(problem_of(log_sum_exp, Format::f32, {3, -infinity})) == Values{3});
  CHECK_THROWS_WITH(subject.run(problem_of(log_sum_exp, Format::f64, x)), ContainsSubstring("was asked in f64"));
  CHECK_THROWS_WITH(subject.run(problem_of(softmax, Format::f32, {41, 1})), ContainsSubstring("test_plugin returned 1"));
  // However the rows are placed, the bits are the same.
  const std::vector<double> six{1, 2, 3, -4, 5, 6};
  const Problem two_rows = problem_of(softmax, Format::f32, six, {}, {}, 2);
  const Values y = subject.run(two_rows);
  for (const Placement& placement : {Placement{.gap = 3}, Placement{.inner = 2, .gap = 1}, Placement{.misplaced = 5},
                                     Placement{.in_place = true}, Placement{.gap = 2, .fence = Fence::end},
                                     Placement{.fence = Fence::start}, Placement{.in_place = true, .fence = Fence::aligned}}) {
    const Watched seen = watch(subject, two_rows, placement);
    CHECK(seen.deeds.bits() == 0);
    CHECK(seen.y == y);
  }
  REQUIRE_THROWS_WITH(plugin("forgot_its_size"), ContainsSubstring("says that it has 8 bytes"));
  REQUIRE_THROWS_WITH(plugin("cannot_run"), ContainsSubstring("name, version, offers or run is missing"));
  REQUIRE_THROWS_WITH(plugin("has_no_table"), ContainsSubstring("says that it cannot serve here"));
  REQUIRE_THROWS_WITH(plugin("offers_none"), ContainsSubstring("offers nothing"));
  REQUIRE_THROWS_WITH(plugin("there_is_none"), ContainsSubstring("has no symbol \"there_is_none\""));
  REQUIRE_THROWS_WITH(plugin_subject(std::string(test_library_path), "", {}, std::string(runner_path)),
                      ContainsSubstring("has no symbol \"softmax_audit_plugin_entry\""));
}

TEST_CASE("a handshake offers pairs of operations and formats") {
  const auto offering = [](const std::string& offers) {
    return "sys.stdin.buffer.readline()\n"
           "say('{\"softmax_audit\": 1, \"name\": \"a\", \"version\": \"1\", \"operations\": [\"softmax\", \"sigmoid\"], "
           "\"formats\": [\"f32\", \"f64\"], \"offers\": " +
           offers + "}\\n')\ncall()";
  };
  const Folder folder;
  const Subject subject = worker_subject(python(folder, offering("[[\"sigmoid\", \"f64\"], [\"softmax\", \"f32\"]]")));
  CHECK(subject.offers == std::vector{Offer{Operation::sigmoid, Format::f64}, Offer{Operation::softmax, Format::f32}});
  CHECK_THROWS_WITH(subject.run(problem_of(Operation::softmax, Format::f64, {1})), ContainsSubstring("was asked in f64"));
  const std::string not_pairs = "\"offers\" in its handshake is not a list of pairs";
  for (const auto& [offers, sentence] :
       {std::pair<std::string, std::string>{"[]", not_pairs},
        {"{}", not_pairs},
        {"3", not_pairs},
        {"[[\"softmax\"]]", not_pairs},
        {"[[\"softmax\", 3]]", not_pairs},
        {"[\"softmax\"]", not_pairs},
        {"[[\"softmax\", \"f16\"]]", "its handshake offers softmax in f16 but does not name both"},
        {"[[\"log_softmax\", \"f32\"]]", "its handshake offers log_softmax in f32 but does not name both"},
        {"[[\"softmin\", \"f32\"]]", "its handshake names the operation \"softmin\""},
        {"[[\"softmax\", \"f8\"]]", "its handshake names the format \"f8\""}}) {
    CAPTURE(offers);
    CHECK_THROWS_WITH(worker_subject(python(folder, offering(offers))), ContainsSubstring(sentence));
  }
}

// An error whose flags have the bit of writes_input.
TEST_CASE("deeds are believed from who offers to see them") {
  for (const bool offers : {false, true}) {
    const Folder folder;
    const Subject subject =
        worker_subject(python(folder, "hello('" + std::string(offers ? ", \"abilities\": [\"apart\"]" : "") + "')\n" + R"(
while True:
    fields, x = call()
    text = b"wrote to its input x"
    sys.stdout.buffer.write(header.pack(0x31414D53, 3, *fields[2:6], 1 << 2, *fields[7:10], len(text)) + text)
    sys.stdout.buffer.flush()
)"));
    const Watched seen = watch(subject, {1, 2});
    CHECK(seen.text == (offers ? "the subject wrote to its input x while answering a row of 2"
                               : "the worker reported: wrote to its input x"));
    CHECK((offers ? seen.did_only(Deed::writes_input) : seen.deeds.bits() == 0));
  }
}

TEST_CASE("a library that cannot be served is told before it is asked") {
  const std::string library = std::string(test_library_path), runner = std::string(runner_path);
  const auto attempt = [&](const std::string& path, const std::string& symbol, const std::string& call) {
    return library_subject(path, symbol, call, {}, runner);
  };
  REQUIRE_THROWS_WITH(attempt("/there/is/no.so", "good", one_row),
                      ContainsSubstring("library: cannot load \"/there/is/no.so\""));
  REQUIRE_THROWS_WITH(attempt("/dev/null", "good", one_row), ContainsSubstring("library: cannot load \"/dev/null\""));
  REQUIRE_THROWS_WITH(attempt(library, "best", one_row), ContainsSubstring("has no symbol \"best\""));
  REQUIRE_THROWS_WITH(attempt(library, "good", "void(const f23* x, f32* y, size n)"),
                      ContainsSubstring("call: column 12: \"f23\" is not a type"));
  REQUIRE_THROWS_WITH(library_subject(library, "good", one_row, {}, "/there/is/no-runner"),
                      ContainsSubstring("cannot start \"/there/is/no-runner\""));
}

TEST_CASE("the Python adapter") {
  const Folder folder;
  const auto adapted = [&](const std::string& program) {
    folder.write("adapted.py", "import softmax_audit\n" + program + "\nsoftmax_audit.serve()\n");
    WorkerOptions options;
    options.command = "python3 " + (folder.path / "adapted.py").string();
    options.python_path = std::string(adapters_path);
    return worker_subject(options);
  };
  const auto in = [](const Subject& subject, Format format, const std::vector<double>& x, double scale = 1) {
    Problem problem;
    problem.format = format;
    problem.cols = x.size();
    problem.x = x;
    problem.scale = scale;
    return subject.run(problem);
  };

  const Subject lists = adapted(R"(
@softmax_audit.implementation(name="lists", version="1", formats=["f16", "bf16", "f32", "f64"], rows="lists",
                              scale=True)
def softmax(x, scale):
    print("a print that must not reach the wire")
    if x[0][0] == 41: raise softmax_audit.Refused("not forty-one")
    if x[0][0] == 42: raise ValueError("forty-two is too much")
    if x[0][0] == 43: return [row[1:] for row in x]
    return [[scale * value for value in row] for row in x]
)");
  CHECK(lists.name == "lists");
  CHECK(lists.takes_scale);
  CHECK(lists.offers.size() == 4);
  CHECK(in(lists, Format::f64, {1, 0x1.123456789abcdp-3}) == Values{1, 0x1.123456789abcdp-3});
  // 1 + 2^-8 lies halfway between two values of bf16, 1 + 3 2^-8 as well; both go to the even one.
  CHECK(in(lists, Format::bf16, {1, 1 + 0x1p-7, 0x1p-133, infinity}, 1 + 0x1p-8) == Values{1, 1 + 0x1p-6, 0x1p-133, infinity});
  CHECK(in(lists, Format::f16, {1, 65504, 0x1p-24}, 2) == Values{2, infinity, 0x1p-23});
  CHECK(in(lists, Format::f32, {0x1p127}, 2) == Values{infinity});
  CHECK(incident_of(lists, {41}).kind == Incident::Kind::refused);
  const Seen seen = incident_of(lists, {42});
  CHECK(seen.kind == Incident::Kind::crashed);
  CHECK_THAT(seen.text, ContainsSubstring("the worker reported: ValueError: forty-two is too much"));
  CHECK_THAT(incident_of(lists, {43, 1, 2}).text, ContainsSubstring("expected 1 rows of 3"));

  REQUIRE_THROWS_WITH(adapted(""), ContainsSubstring("no function is decorated"));

  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) return;
  const Subject arrays = adapted(R"(
@softmax_audit.implementation(name="arrays", formats=["f16", "bf16", "f32", "f64"])
def softmax(x):
    if x[0, 0] == 41: x[0, 0] = 1
    if x[0, 0] == 42: return x.astype("f8")
    if x[0, 0] == 43: return x[0]
    if x[0, 0] == 44: return (x + 3 * 2**-8).astype(x.dtype)
    return x
)");
  CHECK(in(arrays, Format::f16, {1, -0x1p-24}) == Values{1, -0x1p-24});
  CHECK(in(arrays, Format::bf16, {1, -0x1p-133, infinity}) == Values{1, -0x1p-133, infinity});
  CHECK(in(arrays, Format::bf16, {44, 1}) == Values{44, 1 + 0x1p-6});
  CHECK(std::isnan(in(arrays, Format::bf16, {std::nan("")})[0]));
  CHECK(in(arrays, Format::f32, {1, -0x1p-149}) == Values{1, -0x1p-149});
  const auto text = [&](double first) {
    try {
      in(arrays, Format::f32, {first, 1});
    } catch (const Incident& incident) {
      return std::string(incident.what());
    }
    return std::string();
  };
  CHECK(text(41) == ""); // writes to its input: the matter of a law
  CHECK_THAT(watch(arrays, problem_of(Operation::softmax, Format::f32, {41, 1}), {}).text,
             ContainsSubstring("wrote to its input x"));
  CHECK_THAT(text(42), ContainsSubstring("returned float64 of shape (1, 2); expected float32 of shape (1, 2)"));
  CHECK_THAT(text(43), ContainsSubstring("returned float32 of shape (2,); expected float32 of shape (1, 2)"));
}

TEST_CASE("the Python adapter serves one function an operation") {
  const Folder folder;
  const auto adapted = [&](const std::string& program) {
    folder.write("adapted.py", "import softmax_audit\n" + program + "\nsoftmax_audit.serve()\n");
    WorkerOptions options;
    options.command = "python3 " + (folder.path / "adapted.py").string();
    options.python_path = std::string(adapters_path);
    return worker_subject(options);
  };
  using enum Operation;
  const std::vector<double> x{1, 2, 3, 4, 5, 6}, dy{1, 0, 2, 0, -1, 3};
  const auto asked = [&](const Subject& subject, Operation operation, const std::vector<std::int64_t>& target = {},
                         double scale = 1) {
    Problem problem = problem_of(operation, Format::f16, x, dy, target, 2); // of dy, an operation gets what it has
    problem.scale = scale;
    return subject.run(problem);
  };

  // The same stand-ins for the family as lists and as arrays: what comes back shows what arrived.
  const Subject lists = adapted(R"(
serves = softmax_audit.implementation
@serves(name="family", version="2", formats=["f16", "f64"], rows="lists", scale=True)
def softmax(x, scale): return [[scale * value for value in row] for row in x]
@serves(operation="log_sum_exp", rows="lists", scale=True)
def log_sum_exp(x, scale): return [scale * sum(row) for row in x]
@serves(operation="cross_entropy", rows="lists", scale=True)
def cross_entropy(x, scale, target): return [scale * row[k] for row, k in zip(x, target)] if target[0] else x
@serves(operation="softmax_backward_from_output", rows="lists", scale=True, name="family")
def backward(x, dy): return [[a * b for a, b in zip(*rows)] for rows in zip(x, dy)]
)");
  CHECK(lists.name == "family");
  CHECK(lists.version == "2");
  CHECK(lists.takes_scale);
  CHECK(lists.offers.size() == 8);
  CHECK(lists.has(log_sum_exp, Format::f64));
  CHECK_FALSE(lists.has(log_softmax, Format::f64));
  CHECK(asked(lists, softmax, {}, 2) == Values{2, 4, 6, 8, 10, 12});
  CHECK(asked(lists, log_sum_exp, {}, 2) == Values{12, 30});
  CHECK(asked(lists, cross_entropy, {2, 0}) == Values{3, 4});
  CHECK(asked(lists, softmax_backward_from_output) == Values{1, 0, 6, 0, -5, 18});
  CHECK_THROWS_WITH(asked(lists, cross_entropy, {0, 0}), ContainsSubstring("expected one value for each of 2 rows"));
  CHECK_THROWS_WITH(asked(lists, log_softmax), ContainsSubstring("which it does not offer"));

  const std::string twice = "@softmax_audit.implementation()\ndef a(x): return x\n";
  CHECK_THROWS_WITH(adapted(twice + twice), ContainsSubstring("softmax has two functions"));
  CHECK_THROWS_WITH(adapted(twice + "@softmax_audit.implementation(operation='cross_entropy')\ndef b(x): return x\n"),
                    ContainsSubstring("cross_entropy is called as function(x, target=...)"));
  CHECK_THROWS_WITH(adapted("@softmax_audit.implementation(operation='softmin')\ndef b(x): return x\n"),
                    ContainsSubstring("'softmin' is not an operation"));
  CHECK_THROWS_WITH(adapted("@softmax_audit.implementation(formats=['f32'])\ndef a(x): return x\n"
                            "@softmax_audit.implementation(formats=['f64'], operation='sigmoid')\ndef b(x): return x\n"),
                    ContainsSubstring("formats ['f32'] and ['f64'] contradict each other"));

  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) return;
  const Subject arrays = adapted(R"(
import numpy
@softmax_audit.implementation(name="arrays", formats=["f16", "bf16"], operations=["log_sum_exp", "cross_entropy"])
def losses(x, operation, target=None):
    if operation == "log_sum_exp": return x.sum(axis=-1)
    if target[0] == 0: target[0] = 1
    if target[0] == 2: return x
    return x[numpy.arange(len(x)), target]
@softmax_audit.implementation(operation="softmax_backward")
def backward(x, dy): return x * dy
)");
  CHECK_FALSE(arrays.takes_scale);
  CHECK(asked(arrays, log_sum_exp) == Values{6, 15});
  CHECK(arrays.run(problem_of(log_sum_exp, Format::bf16, {0x1p-133})) == Values{0x1p-133});
  CHECK(asked(arrays, cross_entropy, {1, 2}) == Values{2, 6});
  CHECK(asked(arrays, softmax_backward) == Values{1, 0, 6, 0, -5, 18});
  CHECK(watch(arrays, problem_of(cross_entropy, Format::f16, {1, 2, 3, 4, 5, 6}, {}, {0, 0}, 2), {})
            .deeds.has(Deed::writes_input));
  CHECK_THROWS_WITH(asked(arrays, cross_entropy, {2, 0}),
                    ContainsSubstring("returned float16 of shape (2, 3); expected float16 of shape (2,)"));
}
