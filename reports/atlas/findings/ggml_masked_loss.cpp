// /// finding
// adapter = "ggml"
// build = "c++ -std=c++20 -O2 -DFOLDER='\"{packages}/@node-llama-cpp/linux-x64/package/bins/linux-x64\"' {source} -o {output} -ldl"
// title = "The loss is NaN as soon as another class is masked with -inf"
// implementation = "ggml"
// property = "ignores_masked"
// operation = "cross_entropy"
// format = "f32"
// meaning = """
// A logit of -inf on a class that is not the target makes the loss NaN, although it is well defined and finite:
// fine-tuning with masked vocabularies stops there."""
// issue = """
// ggml_cross_entropy_loss on the CPU (ggml 0.25.1, as node-llama-cpp 3.22.1 ships it): logits [0, -inf] with the
// labels [1, 0] give NaN; 0 is expected. The labels multiply log-probabilities, and 0 * -inf is NaN; taking 0
// wherever the label is 0 would avoid it."""
// ///
#include <dlfcn.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

// The package ships no headers: the few declarations of ggml.h that are used, with pointers to what is only passed on.
struct Parameters {
  std::size_t bytes;
  void* buffer;
  bool without_data;
};
struct Plan { // larger than ggml_cplan, which is returned through memory and begins with these two
  std::size_t work_bytes;
  std::uint8_t* work;
  char rest[240];
};

template <class Function> Function* find(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) std::exit((std::fprintf(stderr, "there is no %s\n", name), 1));
  return reinterpret_cast<Function*>(found);
}

int main() {
  void* base = dlopen(FOLDER "/libggml-base.so", RTLD_NOW | RTLD_GLOBAL);
  void* cpu = dlopen(FOLDER "/libggml-cpu-x64.so", RTLD_NOW);
  if (base == nullptr || cpu == nullptr) return std::fprintf(stderr, "%s\n", dlerror()), 1;
  std::printf("ggml %s\n", find<const char*()>(base, "ggml_version")());
  find<void()>(cpu, "ggml_cpu_init")();
  const auto tensor = find<void*(void*, int, std::int64_t, std::int64_t)>(base, "ggml_new_tensor_2d");
  const auto data = find<float*(const void*)>(base, "ggml_get_data_f32");
  for (const float other : {-1.f, -1000.f, -INFINITY}) {
    void* context = find<void*(Parameters)>(base, "ggml_init")({1 << 20, nullptr, false});
    void *logits = tensor(context, 0, 2, 1), *labels = tensor(context, 0, 2, 1); // type 0: binary32
    data(logits)[0] = 0, data(logits)[1] = other, data(labels)[0] = 1, data(labels)[1] = 0;
    void* loss = find<void*(void*, void*, void*)>(base, "ggml_cross_entropy_loss")(context, logits, labels);
    void* graph = find<void*(void*)>(base, "ggml_new_graph")(context);
    find<void(void*, void*)>(base, "ggml_build_forward_expand")(graph, loss);
    Plan plan = find<Plan(const void*, int, void*)>(cpu, "ggml_graph_plan")(graph, 1, nullptr);
    static std::uint8_t work[1 << 16];
    plan.work = work;
    if (plan.work_bytes > sizeof work) return 1;
    if (find<int(void*, Plan*)>(cpu, "ggml_graph_compute")(graph, &plan) != 0) return 1;
    std::printf("logits [0, %g], labels [1, 0]: loss %g, due %g\n", static_cast<double>(other),
                static_cast<double>(*data(loss)), std::log1p(std::exp(static_cast<double>(other))));
    find<void(void*)>(base, "ggml_free")(context);
  }
}
