// A library that exports the table of softmax_audit_plugin.h.
#include "impl/foreign/callee.hpp"
#include "impl/foreign/loaded_library.hpp"
#include "impl/foreign/wire.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <stdexcept>

namespace softmax_audit {

Callee plugin_callee(const std::string& library, const std::string& entry) {
  using Entry = const softmax_audit_plugin* (*)();
  const softmax_audit_plugin* plugin = reinterpret_cast<Entry>(symbol_of(library, entry))();
  if (!plugin) throw std::invalid_argument(fmt::format("plugin: \"{}\" says that it cannot serve here", library));
  constexpr std::size_t first_size = offsetof(softmax_audit_plugin, run) + sizeof plugin->run;
  if (plugin->size < first_size)
    throw std::invalid_argument(fmt::format("plugin: the table of \"{}\" says that it has {} bytes; the smallest ever had {}: "
                                            "its first field must be sizeof(softmax_audit_plugin)",
                                            library, plugin->size, first_size));
  if (!plugin->name || !plugin->version || !plugin->offers || !plugin->run)
    throw std::invalid_argument(fmt::format("plugin: name, version, offers or run is missing in the table of \"{}\"", library));
  Callee callee;
  callee.name = plugin->name;
  callee.version = plugin->version;
  callee.instruction_set = plugin->instruction_set ? plugin->instruction_set : "";
  int common = -1, any = 0; // what every offer has, and what some have
  bool has_forward = false;
  int common_scale = SOFTMAX_AUDIT_SCALE;
  for (std::size_t o = 0; o < operation_names.size(); ++o)
    for (const Format format : formats) {
      const int abilities =
          plugin->offers(static_cast<std::uint32_t>(o), static_cast<std::uint32_t>(format), static_cast<std::uint32_t>(format));
      if (abilities < 0) continue;
      const auto operation = static_cast<Operation>(o);
      Abilities own;
      const auto add = [&](int bit, Ability ability) {
        if ((abilities & bit) != 0) own.add(ability);
      };
      add(SOFTMAX_AUDIT_MASK, Ability::mask);
      add(SOFTMAX_AUDIT_ROW_STRIDE, Ability::row_stride);
      add(SOFTMAX_AUDIT_AXIS, Ability::axis);
      add(SOFTMAX_AUDIT_IN_PLACE, Ability::in_place);
      add(SOFTMAX_AUDIT_MAXIMUM_AND_SUM, Ability::second_results);
      callee.offers.push_back({operation, format, own});
      common &= abilities;
      any |= abilities;
      // What the forward pass gave has no scale any more.
      if (operation == Operation::softmax_backward_from_output) continue;
      common_scale &= abilities;
      has_forward = true;
    }
  if (callee.offers.empty()) throw std::invalid_argument(fmt::format("plugin: \"{}\" offers nothing", library));
  callee.takes_scale = has_forward && common_scale != 0;
  // Each offer says by itself which of these it has.
  callee.offers_differ = true;
  callee.takes_mask = (any & SOFTMAX_AUDIT_MASK) != 0;
  callee.takes_row_stride = (any & SOFTMAX_AUDIT_ROW_STRIDE) != 0;
  callee.takes_axis = (any & SOFTMAX_AUDIT_AXIS) != 0;
  callee.works_in_place = (any & SOFTMAX_AUDIT_IN_PLACE) != 0;
  callee.gives_second_results = (any & SOFTMAX_AUDIT_MAXIMUM_AND_SUM) != 0;
  callee.takes_threads = (common & SOFTMAX_AUDIT_THREADS) != 0;
  callee.run = [plugin](const CalleeCall& call) { return plugin->run(&call); };
  return callee;
}

} // namespace softmax_audit
