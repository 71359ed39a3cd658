// A shared library, and the version that its file's name tells.
#pragma once

#include <string>

namespace softmax_audit {

// Loads it and gives the symbol. Throws std::invalid_argument with one sentence: not there, for another machine, no such symbol.
void* symbol_of(const std::string& library, const std::string& symbol);

// A library's file often carries its version where the name that one loads does not: libm.so -> libm.so.6.
std::string version_of(const std::string& library);

} // namespace softmax_audit
