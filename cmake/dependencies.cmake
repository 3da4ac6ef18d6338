# Every third-party library, found once, under one name each (see packaging/dependencies).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(date REQUIRED)
find_package(Boost REQUIRED)   # headers only

pkg_check_modules(pistache REQUIRED IMPORTED_TARGET libpistache)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)

# Third-party headers live in /usr/include, which is SYSTEM already.
include(GoogleTest)
