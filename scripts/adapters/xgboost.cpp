// /// script
// apt = ["libxgboost-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -lxgboost'
// [tool.softmax-audit]
// library = "XGBoost"
// calls = "XGBoosterPredict of no trees: objective multi:softprob, binary:logistic"
// [[tool.softmax-audit.variant]]
// name = "xgboost"
// environment = { OMP_NUM_THREADS = "1" }
// ///
#include "plugin.hpp"

#include <xgboost/c_api.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace {

void require(int status) {
  if (status != 0) throw std::runtime_error(XGBGetLastError());
}

struct FreeMatrix {
  void operator()(void* matrix) const { XGDMatrixFree(matrix); }
};
struct FreeBooster {
  void operator()(void* booster) const { XGBoosterFree(booster); }
};
using Matrix = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

// Operation and number of classes.
using Question = std::array<std::size_t, 2>;

Booster create(const Question& question, DMatrixHandle matrix) {
  BoosterHandle made = nullptr;
  require(XGBoosterCreate(&matrix, 1, &made));
  Booster booster(made);
  const bool sigmoid = question[0] == SOFTMAX_AUDIT_SIGMOID;
  require(XGBoosterSetParam(made, "verbosity", "0"));
  require(XGBoosterSetParam(made, "nthread", "1"));
  require(XGBoosterSetParam(made, "objective", sigmoid ? "binary:logistic" : "multi:softprob"));
  if (!sigmoid) require(XGBoosterSetParam(made, "num_class", std::to_string(question[1]).c_str()));
  return booster;
}

// A booster without trees predicts what the objective makes of its base margins, which are the logits. They are copied into
// the library's matrix, and so are the results.
void predict(const softmax_audit_call& call) {
  static adapter::Prepared<Question, Booster> all;
  const std::size_t elements = call.rows * call.cols;
  const bool sigmoid = call.operation == SOFTMAX_AUDIT_SIGMOID;
  const std::size_t rows = sigmoid ? elements : call.rows;
  const std::vector<float> features(rows, 0.f);
  DMatrixHandle made = nullptr;
  require(XGDMatrixCreateFromMat(features.data(), rows, 1, -1, &made));
  const Matrix matrix(made);
  require(XGDMatrixSetFloatInfo(made, "base_margin", static_cast<const float*>(call.x), elements));
  const Question question{call.operation, sigmoid ? 1 : call.cols};
  const Booster& booster = all.get(question, [&] { return create(question, made); });
  bst_ulong count = 0;
  const float* results = nullptr;
  require(XGBoosterPredict(booster.get(), made, 0, 0, 0, &count, &results));
  if (count != elements) throw std::runtime_error("XGBoost gave another number of results than there are logits");
  std::memcpy(call.y, results, elements * sizeof(float));
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  return format_of_x == SOFTMAX_AUDIT_F32 && format_of_y == SOFTMAX_AUDIT_F32 &&
                 (operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_SIGMOID)
             ? 0
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] { predict(*call); });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  int major = 0, minor = 0, patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  static const std::string version = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  static const softmax_audit_plugin plugin{sizeof plugin, "XGBoost", version.c_str(), adapter::instruction_set(), offers, run};
  return &plugin;
}
