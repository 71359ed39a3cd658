// What is compared before and after foreign code runs: the floating-point environment, standard output, processes, descriptors.
#pragma once

#include "impl/subject.hpp"

#include <string>
#include <vector>

namespace softmax_audit {

// What was done, for the program and in words.
struct Sighting {
  Deeds deeds;
  std::string text; // several joined by "; "
  void add(Deed deed, const std::string& words);
};

// The process's own streams and the wire to the program. The code that is watched gets an empty standard input, and a standard
// output of its own whose contents go to stderr.
struct Wire {
  int in = -1, out = -1;             // to and from the program
  int spare_in = -1, spare_out = -1; // the same, far away from where code that closes too much closes
  int printed = -1;                  // what stands behind standard output
};
Wire take_wire(); // throws std::system_error

// Lives from before a call (or a load) until after it.
class Watch {
public:
  explicit Watch(Wire& wire, bool descriptors_too);
  // Restores what was changed and adds what was seen.
  void finish(Sighting& sighting);

private:
  struct FloatEnvironment {
    int rounding = 0;
    unsigned sse = 0; // MXCSR without the six sticky flags
    unsigned short x87 = 0;
  };
  static FloatEnvironment float_environment();
  void compare_float_environment(Sighting& sighting) const;
  void compare_descriptors(Sighting& sighting) const;
  void look_for_processes(Sighting& sighting) const;
  static std::vector<int> open_descriptors();

  Wire& wire_;
  FloatEnvironment float_before_;
  int process_;
  long children_page_faults_; // of those that were waited for: they grow with each
  bool descriptors_too_;
  std::vector<int> descriptors_before_;
};

// What was printed since the last time goes to stderr. Gives how many bytes it was.
std::size_t pass_on_prints(const Wire& wire);

} // namespace softmax_audit
