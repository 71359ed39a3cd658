// Subjects that live in a process of their own: any program that speaks the worker protocol, and any function of a
// shared library behind softmax-audit-runner. One mechanism for both.
//
// The process is started here, asked one frame at a time, killed with its whole group when it does not answer in time,
// and started again before the next question. Copies of a Subject share the process; questions from several threads
// wait for each other. The last copy ends it.
#pragma once

#include "impl/subject.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace softmax_audit {

struct WorkerOptions {
  std::string command;                            // for /bin/sh -c
  std::vector<std::string> argv;                  // instead of command, when not empty: started without a shell
  std::string name;                               // instead of the name that the worker gives itself, when not empty
  std::chrono::milliseconds timeout{10000};       // for one answer
  std::chrono::milliseconds start_timeout{60000}; // for the handshake: importing a large library takes its time
  std::size_t memory_bytes = 0;                   // of resident memory, the worker's own children included; 0 is no limit
  std::string python_path;                        // put before the PYTHONPATH of the worker
  std::size_t overread = 0;                       // bytes after a buffer that a function may read (library, plugin)
  bool passes_errors_on = true;                   // to our stderr; incidents quote the last of them in any case
  bool shared_memory = true;                      // for long payloads, where the worker can
};

// Starts the worker and shakes hands. The subject's claim is the default one and assumed. Throws std::invalid_argument
// with one sentence when the command cannot start, when the handshake is missing, late or not one (it has to offer an
// operation and a format, and none of any other name), and when the worker reports an error instead. Subject::run throws
// Incident for what the worker does wrong, and std::invalid_argument for a question outside what it offers (operation,
// format, scale, placement), which is the asker's mistake. After an answer that did not come in time, later ones are waited
// for less long: 200 times as long as others of that length took on average.
Subject worker_subject(const WorkerOptions& options);

// The same for one function of a library, which computes one operation, and for a plugin (softmax_audit_plugin.h; `entry` is the
// name of its exported function, empty for the usual one), served by the runner; command and argv of the options are not used.
Subject library_subject(const std::string& library, const std::string& symbol, const std::string& call,
                        const WorkerOptions& options, const std::string& runner_path, Operation operation = Operation::softmax);
Subject plugin_subject(const std::string& library, const std::string& entry, const WorkerOptions& options,
                       const std::string& runner_path);

// subjects_of, whose run_watched asks the same code in a runner of its own, started with the first such question. What damages the
// process that it runs in (Implementation::runs_apart) is asked nowhere else.
std::vector<Subject> watched_subjects_of(const Implementation& implementation, const std::string& runner_path);

// A built-in subject asked there only.
Subject built_in_apart(const Subject& built_in, const std::string& runner_path, bool shared_memory);

// The runner beside this program: in a build, beside a test of a build, or installed.
std::string runner_beside_program();

} // namespace softmax_audit
