# These helpers keep every CMakeLists flat.
include(GNUInstallDirs)

add_library(samkoer_options INTERFACE)
target_include_directories(samkoer_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(samkoer_options INTERFACE
  -Wall -Wextra -Werror -Wpedantic
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>  # Clang does not know it
  -Wnon-virtual-dtor -Wundef
  # Everywhere, because some libraries bring it: a precompiled header serves only
  # files with the same flags.
  -pthread
  -fstack-protector-strong -D_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE MATCHES "Rel")
  # It needs -O1 at least, which tests do not have.
  target_compile_options(samkoer_options INTERFACE
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:SAMKOER_TEST>>>:-D_FORTIFY_SOURCE=2>)
endif()
target_link_options(samkoer_options INTERFACE -Wl,-z,relro,-z,now)
if(SAMKOER_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SAMKOER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address)
  add_link_options(-fsanitize=address)
endif()

# samkoer_library(NAME SRCS a.cc b.cc DEPS lib1 lib2)
function(samkoer_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE samkoer_options)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  if(TARGET samkoer_headers)
    target_precompile_headers(${name} REUSE_FROM samkoer_headers)
  endif()
endfunction()

# samkoer_precompiled_headers(): libraries made from here on read
# cmake/precompiled.h compiled once. -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON: none.
function(samkoer_precompiled_headers)
  add_library(samkoer_headers OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cc)
  target_link_libraries(samkoer_headers PRIVATE samkoer_options samkoer_proto gRPC::grpc++)
  # In brackets: a path would not be the same in another checkout, nor what ccache has.
  target_precompile_headers(samkoer_headers PRIVATE <cmake/precompiled.h>)
endfunction()

# samkoer_failpoints(a.cc b.cc): the sources of this folder that include
# storage/failpoint.h. Only their objects differ between a production and a test
# build, so that ccache gives the second build all others.
function(samkoer_failpoints)
  set_source_files_properties(${ARGN} PROPERTIES
    COMPILE_DEFINITIONS SAMKOER_FAILPOINTS=$<BOOL:${SAMKOER_FAILPOINTS}>)
endfunction()

# samkoer_program(samkoer-x SRCS main.cc DEPS lib1) : installed, in build/bin.
function(samkoer_program name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} samkoer_options)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  # It would name the folder of the build through the debug information, and two
  # builds of the same source should give the same bytes.
  target_link_options(${name} PRIVATE -Wl,--build-id=none)
  target_compile_definitions(${name} PRIVATE
    SAMKOER_VERSION="${PROJECT_VERSION}")
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${name})
endfunction()

# The test programs' own files: their time goes into compiling them, not into
# running them. What they test is compiled as it is shipped.
function(samkoer_compile_as_test name)
  set_target_properties(${name} PROPERTIES SAMKOER_TEST ON)
  target_compile_options(${name} PRIVATE -O0 -g0)
endfunction()

# samkoer_test_suite(crypto SRCS a_test.cc DEPS lib1): one program a folder; each
# test is a ctest of its own, named folder.Suite.Name.
function(samkoer_test_suite folder)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(name samkoer_${folder}_tests)
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} samkoer_options
    samkoer_test_source_folder GTest::gmock GTest::gtest_main)
  samkoer_compile_as_test(${name})
  target_precompile_headers(${name} REUSE_FROM samkoer_test_headers)
  include(GoogleTest)
  gtest_discover_tests(${name} TEST_PREFIX ${folder}.
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} DISCOVERY_TIMEOUT 60)
endfunction()

# samkoer_fuzz_target(name SRCS x_fuzz.cc DEPS lib1)
function(samkoer_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} samkoer_options)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
