// A JSON report: rejected in one sentence, or read, and then what is written of it reads back to the same bytes.
#include "reports/json.hpp"
#include "scripts/fuzz/fuzz.hpp"

namespace softmax_audit {
namespace report_formats {
extern const ReportFormat json;
}

void fuzz::once(std::span<const std::uint8_t> bytes) {
  Report report;
  {
    const MemoryLimit limit((std::size_t{1} << 20) + 512 * bytes.size()); // three bytes of "{},": an entry of some hundred
    if (!accepted([&] { report = report_from_json(text_of(bytes), "report.json"); })) return;
  }
  const std::string written = report_formats::json.write(report);
  require(report_formats::json.write(report_from_json(written, "written")) == written,
          "a written report reads back differently");
}

} // namespace softmax_audit
