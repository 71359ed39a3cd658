// /// script
// apt = ["libarmnn-dev", "libarmnn-cpuref-backend22"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -DPACKAGE_VERSION="\"$(dpkg-query -W libarmnn-dev | cut -f2)\"" {source} -o {output} -larmnn'
// [tool.softmax-audit]
// library = "Arm NN"
// calls = "AddSoftmaxLayer, AddLogSoftmaxLayer, AddActivationLayer (Sigmoid) on the backend CpuRef"
// [[tool.softmax-audit.variant]]
// name = "armnn CpuRef"
// ///
#include "plugin.hpp"

#include <armnn/ArmNN.hpp>

#include <array>
#include <stdexcept>

namespace {

armnn::IRuntime& runtime() {
  static const armnn::IRuntimePtr made = armnn::IRuntime::Create(armnn::IRuntime::CreationOptions());
  return *made;
}

armnn::DataType data_type(std::uint32_t format) {
  return format == SOFTMAX_AUDIT_F16    ? armnn::DataType::Float16
         : format == SOFTMAX_AUDIT_BF16 ? armnn::DataType::BFloat16
                                        : armnn::DataType::Float32;
}

// A network that is loaded into the runtime, and unloaded with it.
struct Network {
  armnn::NetworkId id = -1;
  armnn::TensorInfo info;
  Network(armnn::NetworkId loaded, const armnn::TensorInfo& tensors) : id(loaded), info(tensors) {}
  Network(Network&& other) noexcept : id(std::exchange(other.id, -1)), info(other.info) {}
  Network& operator=(Network&&) = delete;
  ~Network() {
    if (id >= 0) runtime().UnloadNetwork(id);
  }
};

// Operation, format, rows, cols, scale's bits.
using Question = std::array<std::uint64_t, 5>;

Network load(const Question& question) {
  const auto [operation, format, rows, cols, scale_bits] = question;
  double scale = 1;
  std::memcpy(&scale, &scale_bits, sizeof scale);
  const std::array<unsigned, 2> shape{static_cast<unsigned>(rows), static_cast<unsigned>(cols)};
  const armnn::TensorInfo info(2, shape.data(), data_type(static_cast<std::uint32_t>(format)));
  const armnn::INetworkPtr network = armnn::INetwork::Create();
  armnn::IConnectableLayer* layer = nullptr;
  if (operation == SOFTMAX_AUDIT_SIGMOID) {
    armnn::ActivationDescriptor descriptor;
    descriptor.m_Function = armnn::ActivationFunction::Sigmoid;
    layer = network->AddActivationLayer(descriptor);
  } else {
    armnn::SoftmaxDescriptor descriptor;
    descriptor.m_Beta = static_cast<float>(scale);
    layer = operation == SOFTMAX_AUDIT_SOFTMAX ? network->AddSoftmaxLayer(descriptor) : network->AddLogSoftmaxLayer(descriptor);
  }
  armnn::IConnectableLayer* input = network->AddInputLayer(0);
  input->GetOutputSlot(0).Connect(layer->GetInputSlot(0));
  input->GetOutputSlot(0).SetTensorInfo(info);
  layer->GetOutputSlot(0).Connect(network->AddOutputLayer(0)->GetInputSlot(0));
  layer->GetOutputSlot(0).SetTensorInfo(info);
  armnn::IOptimizedNetworkPtr optimized = armnn::Optimize(*network, {"CpuRef"}, runtime().GetDeviceSpec());
  if (!optimized) throw std::runtime_error("Arm NN's backend CpuRef does not take the network");
  armnn::NetworkId id = 0;
  std::string reason;
  if (runtime().LoadNetwork(id, std::move(optimized), reason) != armnn::Status::Success) throw std::runtime_error(reason);
  return {id, info};
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != format_of_y || format_of_x == SOFTMAX_AUDIT_F64) return SOFTMAX_AUDIT_NOT_OFFERED;
  if (operation != SOFTMAX_AUDIT_SOFTMAX && operation != SOFTMAX_AUDIT_LOG_SOFTMAX && operation != SOFTMAX_AUDIT_SIGMOID)
    return SOFTMAX_AUDIT_NOT_OFFERED;
  try {
    load({operation, format_of_x, 2, 8, 0x3FF0000000000000}); // scale 1
  } catch (const std::exception&) {
    return SOFTMAX_AUDIT_NOT_OFFERED;
  }
  return operation == SOFTMAX_AUDIT_SIGMOID ? 0 : SOFTMAX_AUDIT_SCALE;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    static adapter::Prepared<Question, Network> all;
    Question question{call->operation, call->format_of_x, call->rows, call->cols, 0};
    std::memcpy(&question[4], &call->scale, sizeof call->scale);
    const Network& network = all.get(question, [&] { return load(question); });
    const armnn::InputTensors inputs{{0, armnn::ConstTensor(network.info, call->x)}};
    const armnn::OutputTensors outputs{{0, armnn::Tensor(network.info, call->y)}};
    if (runtime().EnqueueWorkload(network.id, inputs, outputs) != armnn::Status::Success)
      throw std::runtime_error("Arm NN failed to run the network");
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const softmax_audit_plugin plugin{sizeof plugin, "Arm NN", PACKAGE_VERSION, adapter::instruction_set(), offers, run};
  try {
    armnn::ConfigureLogging(false, false, armnn::LogSeverity::Fatal);
    runtime();
  } catch (const std::exception& exception) {
    return adapter::cannot_serve(std::string("Arm NN has no runtime here: ") + exception.what());
  }
  return &plugin;
}
