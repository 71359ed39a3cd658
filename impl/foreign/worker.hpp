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
};

// Starts the worker and shakes hands. The subject's claim is the default one and assumed. Throws std::invalid_argument
// with one sentence when the command cannot start, when the handshake is missing, late or not one (it has to offer an
// operation and a format, and none of any other name), and when the worker reports an error instead. Every operation is
// offered in every format. Subject::run throws Incident for what the worker does wrong, and std::invalid_argument for a
// question outside what it offers (operation, format, scale), which is the asker's mistake.
Subject worker_subject(const WorkerOptions& options);

// The same for one function of a library, which computes one operation, served by the runner at runner_path; command and
// argv of the options are not used.
Subject library_subject(const std::string& library, const std::string& symbol, const std::string& call,
                        const WorkerOptions& options, const std::string& runner_path, Operation operation = Operation::softmax);

} // namespace softmax_audit
