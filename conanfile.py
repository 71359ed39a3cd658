from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

import os
import re


class SoftmaxAudit(ConanFile):
    name = "softmax-audit"
    description = "Judges softmax implementations against arbitrary precision and against laws"
    license = "Apache-2.0"
    topics = ("softmax", "numerics", "verification", "testing")
    package_type = "application"
    settings = "os", "arch", "compiler", "build_type"
    options = {"tests": [True, False]}
    default_options = {"tests": False}
    exports_sources = ("CMakeLists.txt", "LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "oracles/*", "impl/*",
                       "properties/*", "reports/*", "scripts/*", "!reports/atlas/*")

    def set_version(self):
        lists = load(self, os.path.join(self.recipe_folder, "CMakeLists.txt"))
        self.version = re.search(r"project\(softmax_audit VERSION ([0-9.]+)", lists).group(1)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("softmax-audit needs Linux: it isolates what it judges by means that only Linux has")

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("boost/[>=1.74.0]", options={"header_only": True})
        self.requires("cli11/[>=2.1.2 <3]")
        self.requires("flint/[>=2.9.0]")
        self.requires("fmt/[>=9.1.0]")
        self.requires("gmp/[>=6.2.1]")
        self.requires("highway/[>=1.0.3]")
        self.requires("libffi/[>=3.4.4]")
        self.requires("mpfr/[>=4.2.0]")
        self.requires("nlohmann_json/[>=3.11.2]")
        self.requires("rapidcheck/cci.20230815")
        self.requires("tomlplusplus/[>=3.3.0]")
        if self.options.tests:
            self.requires("catch2/[>=3.4.0]")

    def generate(self):
        dependencies = CMakeDeps(self)
        # Names that CMakeLists.txt asks for; FindMPFR, FindFLINT and FindLibffi of scripts/cmake look for files.
        dependencies.set_property("highway", "cmake_file_name", "hwy")
        dependencies.set_property("highway::hwy", "cmake_target_name", "hwy::hwy")
        dependencies.set_property("rapidcheck", "cmake_target_name", "rapidcheck")
        dependencies.generate()
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False  # the source folder stays as it is
        toolchain.cache_variables["SOFTMAX_AUDIT_TESTS"] = bool(self.options.tests)
        folders = [self.dependencies[name].package_folder for name in ("gmp", "mpfr", "flint", "libffi")]
        toolchain.cache_variables["CMAKE_PREFIX_PATH"] = ";".join([self.generators_folder, *folders])
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # The package's own CMake files know the program, softmax_audit::embedding and softmax_audit_add_gate.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "softmax_audit")]
        self.runenv_info.prepend_path("PATH", os.path.join(self.package_folder, "bin"))
