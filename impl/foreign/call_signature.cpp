#include "impl/foreign/call_signature.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace softmax_audit {
namespace {

struct Token {
  std::string_view text; // empty at the end
  std::size_t column;
};

[[noreturn]] void fail(std::size_t column, const std::string& sentence) {
  throw std::invalid_argument(fmt::format("call: column {}: {}", column, sentence));
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    if (is_word_character(text[at]))
      while (end < text.size() && is_word_character(text[end])) ++end;
    else if (std::string_view("(),*").find(text[at]) == std::string_view::npos)
      fail(at + 1, fmt::format("\"{}\" does not belong in a call",
                               excerpt(text.substr(at, std::max<std::size_t>(sequence_length(text.substr(at)), 1)))));
    tokens.push_back({text.substr(at, end - at), at + 1});
    at = end;
  }
  tokens.push_back({{}, text.size() + 1});
  return tokens;
}

std::string quoted(const Token& token) {
  return token.text.empty() ? std::string("the end of the call") : fmt::format("\"{}\"", excerpt(token.text));
}

template <class Value> std::optional<Value> named(std::span<const std::string_view> names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

std::string listed(std::span<const std::string_view> names) { return fmt::format("{}", fmt::join(names, ", ")); }

// Reads tokens from the first to the last; nothing is read twice.
struct Reader {
  std::vector<Token> tokens;
  std::size_t at = 0;
  const Token& next() const { return tokens[at]; }
  Token take() { return at + 1 < tokens.size() ? tokens[at++] : tokens[at]; }
  bool take_if(std::string_view text) {
    if (next().text != text) return false;
    ++at;
    return true;
  }
  void expect(std::string_view text, std::string_view after) {
    if (!take_if(text)) fail(next().column, fmt::format("expected \"{}\" {}, found {}", text, after, quoted(next())));
  }
};

CallArgument argument_from(Reader& reader) {
  const bool is_const = reader.take_if("const");
  const Token type_token = reader.take();
  const auto type = named<CallType>(call_type_names, type_token.text);
  if (!type)
    fail(type_token.column, fmt::format("{} is not a type; the types are {}", quoted(type_token), listed(call_type_names)));
  const bool is_pointer = reader.take_if("*");
  const Token name_token = reader.take();
  const auto meaning = named<Meaning>(meaning_names, name_token.text);
  if (!meaning)
    fail(name_token.column,
         fmt::format("{} is not the name of an argument; the names are {}", quoted(name_token), listed(meaning_names)));
  return {*meaning, *type, is_pointer, is_const, name_token.column};
}

bool is_count(CallType type) { return type == CallType::size || type == CallType::integer || type == CallType::i64; }

void require_type(const CallArgument& a) {
  switch (a.meaning) {
    case Meaning::x:
    case Meaning::y:
    case Meaning::mask:
    case Meaning::dy:
    case Meaning::work:
      if (!a.is_pointer || !is_format(a.type))
        fail(a.column, fmt::format("\"{}\" must be a pointer to f16, bf16, f32 or f64", name(a.meaning)));
      if (a.is_const && (a.meaning == Meaning::y || a.meaning == Meaning::work))
        fail(a.column, fmt::format("\"{}\" is written to, so it cannot be const", name(a.meaning)));
      return;
    case Meaning::scale:
      // Compilers pass a 16-bit number by value in different registers, depending on the type that the source gave it.
      if (a.is_pointer || (a.type != CallType::f32 && a.type != CallType::f64))
        fail(a.column, "\"scale\" must be f32 or f64, passed by value");
      return;
    case Meaning::target:
      if (a.is_pointer ? a.type != CallType::i64 && a.type != CallType::integer : !is_count(a.type))
        fail(a.column, "\"target\" must be a pointer to i64 or int, or size, int or i64 for one row");
      return;
    case Meaning::n:
    case Meaning::rows:
    case Meaning::cols:
    case Meaning::ld:
    case Meaning::ldx:
    case Meaning::ldy:
      if (a.is_pointer || !is_count(a.type))
        fail(a.column, fmt::format("\"{}\" must be size, int or i64, passed by value", name(a.meaning)));
      return;
  }
}

void require_operation(const CallSignature& call, Operation operation, std::size_t last_column) {
  const CallArgument* dy = argument(call, Meaning::dy);
  if (dy && !takes_upstream_gradient(operation))
    fail(dy->column, "\"dy\" needs --operation softmax_backward or softmax_backward_from_output");
  if (!dy && takes_upstream_gradient(operation))
    fail(last_column,
         fmt::format("{} has an upstream gradient: one argument must be \"dy\", as in \"const f32* dy\"", name(operation)));
  const CallArgument* target = argument(call, Meaning::target);
  if (target && operation != Operation::cross_entropy) fail(target->column, "\"target\" needs --operation cross_entropy");
  if (!target && operation == Operation::cross_entropy)
    fail(last_column, "cross_entropy has a target: one argument must be \"target\", as in \"const i64* target\"");
  if (operation == Operation::softmax_backward_from_output)
    for (const CallArgument* of_logits : {argument(call, Meaning::scale), argument(call, Meaning::mask)})
      if (of_logits)
        fail(of_logits->column, fmt::format("{} starts from what the forward pass gave and has no logits for \"{}\" to change",
                                            name(operation), name(of_logits->meaning)));
}

void require_extent(const CallSignature& call, Operation operation, std::size_t last_column) {
  const CallArgument* n = argument(call, Meaning::n);
  const CallArgument* rows = argument(call, Meaning::rows);
  const CallArgument* cols = argument(call, Meaning::cols);
  if (n && (rows || cols))
    fail((rows ? rows : cols)->column,
         fmt::format("\"n\" means one row a call, so \"{}\" cannot stand beside it", name((rows ? rows : cols)->meaning)));
  if (!n && !rows && !cols) fail(last_column, "the length is missing: either \"n\", or \"rows\" and \"cols\"");
  if (!n && !rows) fail(last_column, "\"cols\" needs \"rows\"; one row a call is \"n\"");
  if (!n && !cols) fail(last_column, "\"rows\" needs \"cols\"");
  const CallArgument* ld = argument(call, Meaning::ld);
  const CallArgument* ldx = argument(call, Meaning::ldx);
  const CallArgument* ldy = argument(call, Meaning::ldy);
  for (const CallArgument* stride : {ld, ldx, ldy})
    if (n && stride)
      fail(stride->column, fmt::format("\"{}\" needs \"rows\" and \"cols\"; \"n\" is one row", name(stride->meaning)));
  if (ld && (ldx || ldy))
    fail((ldx ? ldx : ldy)->column,
         fmt::format("\"ld\" stands for both buffers, so \"{}\" cannot stand beside it", name((ldx ? ldx : ldy)->meaning)));
  if (ldy && is_in_place(call)) fail(ldy->column, "\"ldy\" needs \"y\"");
  if (ldy && gives_one_value_a_row(operation))
    fail(ldy->column, fmt::format("{} gives one element a row, side by side, so \"ldy\" has no meaning", name(operation)));
  if (const CallArgument* target = argument(call, Meaning::target); target && !n && !target->is_pointer)
    fail(target->column, "\"target\" passed by value is the target of one row; beside \"rows\" it must be a pointer");
}

void require_buffers(const CallSignature& call, Operation operation, std::size_t last_column) {
  const CallArgument* x = argument(call, Meaning::x);
  if (!x) fail(last_column, "the logits are missing: one argument must be \"x\", as in \"const f32* x\"");
  if (is_in_place(call) && gives_one_value_a_row(operation))
    fail(last_column, fmt::format("{} gives one element a row, which cannot replace the logits: one argument must be \"y\"",
                                  name(operation)));
  if (x->is_const && is_in_place(call))
    fail(x->column, "without \"y\" the results replace the logits, so \"x\" cannot be const");
  if (const CallArgument* mask = argument(call, Meaning::mask); mask && mask->type != x->type)
    fail(mask->column, fmt::format("\"mask\" is added to \"x\", so its type must be {}", name(x->type)));
  if (const CallArgument* dy = argument(call, Meaning::dy); dy && dy->type != x->type)
    fail(dy->column, fmt::format("\"dy\" has one element for each of \"x\", so its type must be {}", name(x->type)));
}

} // namespace

const CallArgument* argument(const CallSignature& call, Meaning meaning) {
  const auto found = std::ranges::find(call.arguments, meaning, &CallArgument::meaning);
  return found == call.arguments.end() ? nullptr : &*found;
}

Format format_of_x(const CallSignature& call) { return format_of_type(argument(call, Meaning::x)->type); }
Format format_of_y(const CallSignature& call) {
  return format_of_type(argument(call, is_in_place(call) ? Meaning::x : Meaning::y)->type);
}

CallSignature call_from(std::string_view text, Operation operation) {
  Reader reader{tokens_of(text)};
  const Token result = reader.take();
  if (result.text != "void" && result.text != "int")
    fail(result.column, fmt::format("the result must be void or int, found {}", quoted(result)));
  CallSignature call{result.text == "int", {}};
  reader.expect("(", "after the result");
  std::size_t last_column = reader.next().column;
  if (!reader.take_if(")")) {
    do {
      const CallArgument next = argument_from(reader);
      if (takes(call, next.meaning)) fail(next.column, fmt::format("\"{}\" is given twice", name(next.meaning)));
      require_type(next);
      call.arguments.push_back(next);
    } while (reader.take_if(","));
    last_column = reader.next().column;
    reader.expect(")", "or \",\" after an argument");
  }
  if (!reader.next().text.empty())
    fail(reader.next().column, fmt::format("nothing may follow the closing parenthesis, found {}", quoted(reader.next())));
  require_buffers(call, operation, last_column);
  require_extent(call, operation, last_column);
  require_operation(call, operation, last_column);
  return call;
}

} // namespace softmax_audit
