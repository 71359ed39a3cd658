// What the runner makes of frames that no program of ours sends: an error, told in time and in proportion to what came.
#include "impl/foreign/answers.hpp"
#include "impl/foreign/serve.hpp"
#include "scripts/catch.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

struct File {
  int descriptor = memfd_create("wire", MFD_CLOEXEC);
  ~File() { close(descriptor); }
};

Callee copies() {
  Callee callee;
  callee.name = "copies";
  for (const Operation operation : {Operation::softmax, Operation::log_sum_exp})
    for (const Format format : formats) callee.offers.push_back({operation, format});
  callee.works_in_place = callee.takes_row_stride = callee.takes_threads = true;
  callee.run = [](const CalleeCall& call) {
    const std::size_t bytes = storage_bytes(static_cast<Format>(call.format_of_y));
    for (std::size_t r = 0; r < call.rows; ++r)
      std::memset(static_cast<std::byte*>(call.y) + static_cast<std::ptrdiff_t>(r * bytes) * call.y_row, 0, bytes);
    return SOFTMAX_AUDIT_DONE;
  };
  return callee;
}

struct Call {
  FrameHeader header;
  std::string payload;
  WireConditions conditions;
  Call() { header.sequence = 1; }
};

// Everything that is answered after the handshake.
std::vector<std::pair<FrameKind, std::string>> answers_to(const std::vector<Call>& calls) {
  std::string sent = "{\"softmax_audit\": 1}\n";
  for (const Call& call : calls) {
    sent.append(reinterpret_cast<const char*>(&call.header), sizeof call.header);
    sent += call.payload;
    if ((call.header.flags & flag_conditions) != 0)
      sent.append(reinterpret_cast<const char*>(&call.conditions), sizeof call.conditions);
  }
  File in, out, printed;
  REQUIRE(write(in.descriptor, sent.data(), sent.size()) == static_cast<ssize_t>(sent.size()));
  lseek(in.descriptor, 0, SEEK_SET);
  Wire wire{in.descriptor, out.descriptor, in.descriptor, out.descriptor, printed.descriptor};
  ServeOptions options;
  options.catches_faults = false;
  serve(wire, copies(), {}, options);
  std::string answer(static_cast<std::size_t>(lseek(out.descriptor, 0, SEEK_END)), '\0');
  REQUIRE(pread(out.descriptor, answer.data(), answer.size(), 0) == static_cast<ssize_t>(answer.size()));
  std::vector<std::pair<FrameKind, std::string>> frames;
  for (std::size_t at = answer.find('\n') + 1; at < answer.size();) {
    FrameHeader header;
    REQUIRE(answer.size() - at >= sizeof header);
    std::memcpy(static_cast<void*>(&header), answer.data() + at, sizeof header);
    std::size_t size = header.payload_bytes;
    if (header.kind == FrameKind::result && (header.flags & flag_conditions) != 0) size += sizeof(WireObservations);
    frames.emplace_back(header.kind, answer.substr(at + sizeof header, size));
    at += sizeof header + size;
  }
  return frames;
}

Call row_of_two() {
  Call call;
  call.header.rows = 1;
  call.header.cols = 2;
  call.header.payload_bytes = 8;
  call.payload.assign(8, '\0');
  return call;
}

void is_refused(const Call& call, const std::string& with) {
  const auto frames = answers_to({call, row_of_two()});
  REQUIRE(frames.size() == 2); // the conversation goes on
  CHECK(frames[0].first == FrameKind::error);
  CHECK_THAT(frames[0].second, ContainsSubstring(with));
  CHECK(frames[1].first == FrameKind::result);
}

} // namespace

TEST_CASE("serve / a payload that is announced and does not come costs nothing") {
  Call call;
  call.header.rows = std::uint64_t{1} << 38;
  call.header.cols = 1;
  call.header.payload_bytes = std::uint64_t{1} << 40;
  call.payload = "abc";
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(answers_to({call}).empty());
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 64 * 1024); // KiB
}

TEST_CASE("serve / a payload longer than one piece arrives whole") {
  Call call;
  call.header.rows = 1;
  call.header.cols = 1000000;
  call.header.payload_bytes = 4000000;
  call.payload.assign(4000000, '\1');
  const auto frames = answers_to({call});
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].first == FrameKind::result);
  CHECK(frames[0].second.size() == 4000000);
}

TEST_CASE("serve / what no row weighs is not multiplied") {
  Call rows;
  rows.header.operation = Operation::log_sum_exp;
  rows.header.rows = std::uint64_t{1} << 60;
  is_refused(rows, "empty rows");

  Call callers;
  callers.header.flags = flag_conditions;
  callers.conditions.callers = 4;
  is_refused(callers, "ask for too much");

  Call gaps;
  gaps.header.flags = flag_conditions;
  gaps.header.rows = 1000;
  gaps.header.cols = 1;
  gaps.header.payload_bytes = 4000;
  gaps.payload.assign(4000, '\0');
  gaps.conditions.gap = 1u << 20;
  is_refused(gaps, "ask for too much");

  Call repeats = row_of_two();
  repeats.header.flags = flag_conditions;
  repeats.conditions.repeats = 0xFFFFFFFF;
  is_refused(repeats, "ask for too much");
}

TEST_CASE("serve / one value a row does not take the place of the logits") {
  Call call;
  call.header.operation = Operation::log_sum_exp;
  call.header.flags = flag_conditions;
  call.header.rows = 8;
  call.conditions.in_place = 1;
  is_refused(call, "in place");
}

TEST_CASE("serve / what is no frame ends the conversation") {
  Call call;
  call.header.magic = 1;
  CHECK_THROWS_AS(answers_to({call}), std::runtime_error);
}
