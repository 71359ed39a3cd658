#include "reports/json.hpp"

namespace softmax_audit {
namespace {

std::string write(const Report& report) { return to_json(report).dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"; }

} // namespace

namespace report_formats {
extern constinit const ReportFormat json{
    .name = "json",
    .summary = "everything, by reports/schema.json; every other format can be made from it",
    .extension = "json",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
