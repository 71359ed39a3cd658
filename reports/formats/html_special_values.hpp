// What each subject answers to rows with NaN, infinities and the ends of the format, beside what each profile demands. Subjects that answer
// alike share a table.
#pragma once

#include "reports/formats/html_parts.hpp"

#include <map>

namespace softmax_audit::markup {

inline constexpr std::string_view special_profiles[] = {"ieee", "safe", "uniform", "unshifted", "limits"};

// Values as people write them: what depends on the format is named, so that formats that answer alike read alike.
inline std::string special_value(const std::string& hexfloat) {
  const std::string text = decimal(hexfloat);
  if (text == "inf") return "+∞";
  if (text == "-inf") return "−∞";
  return text.empty() ? escape(hexfloat) : number(std::strtod(hexfloat.c_str(), nullptr), 5);
}
inline std::string special_row(const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (const std::string& value : values) parts.push_back(special_value(value));
  return joined(parts, ", ");
}
// All alike is told once: "NaN throughout".
inline std::string special_results(const std::vector<std::string>& values) {
  const bool alike =
      values.size() > 1 && std::all_of(values.begin(), values.end(), [&](const auto& v) { return v == values[0]; });
  return alike ? special_value(values[0]) + " throughout" : special_row(values);
}

inline bool is_met(const SpecialValuesEntry::Row& row) {
  return std::any_of(row.demands.begin(), row.demands.end(), [](const auto& d) { return d.met; });
}
inline std::string special_answer(const SpecialValuesEntry::Row& row) {
  if (row.y.empty()) return escape(row.incident.empty() ? "no answer" : row.incident.substr(0, 80));
  return special_results(row.y);
}

// What sets two subjects apart. A right result of arithmetic differs from format to format, and is none of it.
inline std::string special_key(const SpecialValuesEntry& entry) {
  std::string key = entry.operation;
  for (const auto& row : entry.rows) {
    key += fmt::format("|{}:{}:", row.name, row.has_truth && is_met(row) ? "" : special_answer(row));
    for (const auto& demand : row.demands) key += demand.met ? '1' : '0';
  }
  return key;
}

inline std::string special_table_rows(const std::vector<const SpecialValuesEntry*>& alike) {
  const SpecialValuesEntry& entry = *alike.front();
  std::string out;
  for (std::size_t r = 0; r < entry.rows.size(); ++r) {
    const auto& row = entry.rows[r];
    const bool of_the_format = row.name.find("largest") != std::string::npos || row.name.find("subnormal") != std::string::npos;
    const bool same = std::all_of(alike.begin(), alike.end(), [&](const SpecialValuesEntry* other) {
      return special_answer(other->rows[r]) == special_answer(row);
    });
    out += fmt::format("<tr><th scope=row>{}<td>{}<td{}>{}", escape(row.name),
                       of_the_format ? "the format&#39;s" : special_row(row.x), is_met(row) ? "" : " class=bad",
                       same ? special_answer(row) : "within its bound");
    if (row.has_truth) {
      const bool met = row.demands.front().met;
      out += fmt::format("<td colspan={} class={}>{}\n", std::size(special_profiles), met ? "ok" : "bad",
                         met ? "✓ arithmetic decides, and it is right" : "✗ " + special_results(row.demands.front().y));
      continue;
    }
    for (const std::string_view profile : special_profiles) {
      const auto demand = std::find_if(row.demands.begin(), row.demands.end(), [&](const auto& d) {
        return std::find(d.profiles.begin(), d.profiles.end(), profile) != d.profiles.end();
      });
      if (demand == row.demands.end())
        out += "<td>";
      else
        out += demand->met ? std::string("<td class=ok>✓") : fmt::format("<td>✗ {}", special_results(demand->y));
    }
    out += '\n';
  }
  return out;
}

inline void write_special_values(std::string& out, const Report& report) {
  if (report.special_values.empty()) return;
  out += "<section id=\"special\"><h2>Special values</h2>\n<p>What it answers where NaN, infinities, masks or the ends of the "
         "format "
         "decide, and what each profile demands: ✓ it is that, ✗ something else was demanded. Where arithmetic decides, all "
         "profiles demand the "
         "same, within the "
         "proved bound. An answer in red is what nobody demands.</p>\n";
  struct Block {
    std::string key;
    std::vector<const SpecialValuesEntry*> entries;
  };
  std::vector<Block> blocks;
  for (const SpecialValuesEntry& entry : report.special_values) {
    std::string key = special_key(entry);
    const auto same = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) { return block.key == key; });
    if (same != blocks.end())
      same->entries.push_back(&entry);
    else
      blocks.push_back({std::move(key), {&entry}});
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Block& block = blocks[b];
    // "shifted, pairwise in f32 f64"
    std::vector<std::string> names, formats;
    for (const SpecialValuesEntry* entry : block.entries) {
      const auto add = [](std::vector<std::string>& all, const std::string& text) {
        if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
      };
      add(names, escape(entry->implementation));
      add(formats, escape(entry->format));
    }
    const auto& profiles = block.entries.front()->profiles;
    const std::string met = profiles.empty()                                 ? "meets no profile"
                            : profiles.size() == std::size(special_profiles) ? "meets every profile"
                                                                             : "meets " + escape(joined(profiles, ", "));
    out += fmt::format("<details class=\"subject\"{}><summary>{} <span>{} in {}: {}</span></summary>\n", b == 0 ? " open" : "",
                       breakable(block.entries.front()->operation), joined(names, ", "), joined(formats, " "), met);
    out += scrolling(fmt::format("Special values, {}", block.entries.front()->operation)) +
           "<table class=special><caption class=hid>Answers and demands</caption><thead><tr><th scope=col>row<th "
           "scope=col>x<th scope=col>answer";
    for (const std::string_view profile : special_profiles) out += fmt::format("<th scope=col>{}", profile);
    out += "</thead><tbody>\n" + special_table_rows(block.entries) + "</tbody></table></div></details>\n";
  }
  out += "</section>\n";
}

} // namespace softmax_audit::markup
