#include "impl/foreign/call_signature.hpp"

#include "scripts/catch.hpp"

#include <stdexcept>
#include <string>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a call becomes its arguments, in their own order") {
  const CallSignature call = call_from("int ( bf16*y,const bf16 * x, size rows, i64 cols,int ld , f32 scale)");
  REQUIRE(call.returns_int);
  REQUIRE(call.arguments.size() == 6);
  CHECK(call.arguments[0].meaning == Meaning::y);
  CHECK(call.arguments[0].is_pointer);
  CHECK_FALSE(call.arguments[0].is_const);
  CHECK(call.arguments[1].meaning == Meaning::x);
  CHECK(call.arguments[1].is_const);
  CHECK(call.arguments[1].column == 27);
  CHECK(call.arguments[3].type == CallType::i64);
  CHECK(call.arguments[4].type == CallType::integer);
  CHECK(call.arguments[5].type == CallType::f32);
  CHECK(format_of_x(call) == Format::bf16);
  CHECK(format_of_y(call) == Format::bf16);
  CHECK_FALSE(is_in_place(call));
}

TEST_CASE("the calls of the contract are calls") {
  CHECK_FALSE(call_from("void(const f32* x, f32* y, size rows, size cols)").returns_int);
  CHECK(is_in_place(call_from("int(f64* x, i64 n)")));
  CHECK(takes(call_from("void(bf16* y, const bf16* x, size n, f32 scale)"), Meaning::scale));
  CHECK(format_of_x(call_from("void(f16* x, f32* y, size n)")) == Format::f16);
  CHECK(format_of_y(call_from("void(f16* x, f32* y, size n)")) == Format::f32);
  CHECK(takes(call_from("void(const f32* x, f32* y, const f32* mask, f32* work, int rows, int cols, int ldx, int ldy)"),
              Meaning::mask));
  CHECK(takes(call_from("void(const f32* x, f32* y, size n, i64 target)", Operation::cross_entropy), Meaning::target));
  CHECK(takes(call_from("void(const f32* x, const f32* dy, f32* y, size n)", Operation::softmax_backward), Meaning::dy));
}

TEST_CASE("a call takes what its operation has") {
  CHECK(argument(call_from("void(const f32* x, const i64* target, f32* y, size rows, size cols)", Operation::cross_entropy),
                 Meaning::target)
            ->is_pointer);
  CHECK(
      argument(call_from("int(const int* target, const f64* x, f64* y, int rows, int cols, int ldx)", Operation::cross_entropy),
               Meaning::target)
          ->type == CallType::integer);
  CHECK(is_in_place(call_from("void(bf16* x, const bf16* dy, size n)", Operation::softmax_backward_from_output)));
  CHECK(takes(call_from("void(const f32* x, f32* y, size n, f32 scale)", Operation::log_sum_exp), Meaning::scale));
  CHECK(is_in_place(call_from("void(f32* x, size n)", Operation::sigmoid)));
  CHECK(is_in_place(call_from("void(f32* x, size n)", Operation::log_softmax)));

  struct Wrong {
    Operation operation;
    std::string call, sentence;
  };
  using enum Operation;
  const Wrong wrongs[] = {
      {softmax_backward, "void(const f32* x, f32* y, size n)",
       "call: column 34: softmax_backward has an upstream gradient: one argument must be \"dy\""},
      {softmax_backward_from_output, "void(f32* x, size n)", "softmax_backward_from_output has an upstream gradient"},
      {cross_entropy, "void(const f32* x, f32* y, size n)",
       "call: column 34: cross_entropy has a target: one argument must be \"target\""},
      {log_softmax, "void(const f32* x, const f32* dy, f32* y, size n)", "call: column 31: \"dy\" needs --operation"},
      {sigmoid, "void(const f32* x, f32* y, size n, i64 target)", "\"target\" needs --operation cross_entropy"},
      {softmax_backward, "void(const f32* x, const f64* dy, f32* y, size n)",
       "call: column 31: \"dy\" has one element for each of \"x\", so its type must be f32"},
      {softmax_backward, "void(const f32* x, f32 dy, f32* y, size n)", "\"dy\" must be a pointer"},
      {softmax_backward_from_output, "void(f32* x, const f32* dy, size n, f32 scale)",
       "call: column 41: softmax_backward_from_output starts from what the forward pass gave"},
      {softmax_backward_from_output, "void(f32* x, const f32* dy, size n, f32* mask)", "no logits for \"mask\" to change"},
      {log_sum_exp, "void(f32* x, size n)",
       "call: column 20: log_sum_exp gives one element a row, which cannot replace the logits"},
      {cross_entropy, "void(f32* x, size n, i64 target)", "cross_entropy gives one element a row, which cannot replace"},
      {log_sum_exp, "void(const f32* x, f32* y, int rows, int cols, int ldx, int ldy)",
       "call: column 61: log_sum_exp gives one element a row, side by side, so \"ldy\" has no meaning"},
      {cross_entropy, "void(const f32* x, f32* y, int rows, int cols, int target)",
       "call: column 52: \"target\" passed by value is the target of one row"},
      {cross_entropy, "void(const f32* x, f32* y, size n, const size* target)", "\"target\" must be a pointer to i64 or int"},
      {cross_entropy, "void(const f32* x, f32* y, size n, f32 target)", "\"target\" must be a pointer to i64 or int"},
  };
  for (const auto& [operation, call, sentence] : wrongs) {
    CAPTURE(call, name(operation));
    REQUIRE_THROWS_AS(call_from(call, operation), std::invalid_argument);
    REQUIRE_THROWS_WITH(call_from(call, operation), ContainsSubstring(sentence));
  }
}

TEST_CASE("a wrong call is refused with the column") {
  struct Wrong {
    std::string call, sentence;
  };
  const Wrong wrongs[] = {
      {"void(const f23* x, f32* y, size n)",
       "call: column 12: \"f23\" is not a type; the types are f16, bf16, f32, f64, size, int, i64, bool"},
      {"", "call: column 1: the result must be void or int, found the end of the call"},
      {"float(f32* x, size n)", "call: column 1: the result must be void or int, found \"float\""},
      {"void", "call: column 5: expected \"(\" after the result, found the end of the call"},
      {"void(f32* x, size n", "call: column 20: expected \")\" or \",\" after an argument, found the end of the call"},
      {"void(f32* x, size n);", "call: column 21: \";\" does not belong in a call"},
      {"void(f32* x, size n) x", "call: column 22: nothing may follow the closing parenthesis, found \"x\""},
      {"void()", "call: column 6: the logits are missing"},
      {"void(f32* y, size n)", "call: column 20: the logits are missing"},
      {"void(f32* z, size n)", "call: column 11: \"z\" is not the name of an argument"},
      {"void(f32** x, size n)", "call: column 10: \"*\" is not the name of an argument"},
      {"void(f32* x, f32* x, size n)", "call: column 19: \"x\" is given twice"},
      {"void(const f32* x, size n)", "call: column 17: without \"y\" the results replace the logits"},
      {"void(f32 x, size n)", "call: column 10: \"x\" must be a pointer"},
      {"void(int* x, size n)", "call: column 11: \"x\" must be a pointer"},
      {"void(f32* x, const f32* y, size n)", "call: column 25: \"y\" is written to"},
      {"void(f32* x)", "call: column 12: the length is missing"},
      {"void(f32* x, size rows)", "call: column 23: \"rows\" needs \"cols\""},
      {"void(f32* x, size cols)", "call: column 23: \"cols\" needs \"rows\""},
      {"void(f32* x, size n, size rows)", "call: column 27: \"n\" means one row a call"},
      {"void(f32* x, f32 n)", "call: column 18: \"n\" must be size, int or i64"},
      {"void(f32* x, bool n)", "call: column 19: \"n\" must be size, int or i64"},
      {"void(f32* x, size* n)", "call: column 20: \"n\" must be size, int or i64"},
      {"void(f32* x, size n, size ld)", "call: column 27: \"ld\" needs \"rows\" and \"cols\""},
      {"void(f32* x, f32* y, int rows, int cols, int ld, int ldy)", "call: column 54: \"ld\" stands for both buffers"},
      {"void(f32* x, int rows, int cols, int ldy)", "call: column 38: \"ldy\" needs \"y\""},
      {"void(f32* x, size n, f16 scale)", "call: column 26: \"scale\" must be f32 or f64"},
      {"void(f32* x, f64* mask, size n)", "call: column 19: \"mask\" is added to \"x\", so its type must be f32"},
      {"void(f32* x, f32* dy, size n)", "call: column 19: \"dy\" needs --operation softmax_backward"},
      {"void(f32* x, size n, i64 target)", "call: column 26: \"target\" needs --operation cross_entropy"},
  };
  for (const auto& [call, sentence] : wrongs) {
    CAPTURE(call);
    REQUIRE_THROWS_AS(call_from(call), std::invalid_argument);
    REQUIRE_THROWS_WITH(call_from(call), ContainsSubstring(sentence));
  }
}
