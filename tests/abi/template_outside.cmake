# Installs the plugin API into a folder of its own and builds plugins/template against it with
# find_package, as an author outside of this tree does; then installs that plugin.
# cmake -DSOURCE=... -DBINARY=... -DWORK=... -DCOMPILER=... [-DFLAGS=...] -P template_outside.cmake
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGV}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
file(COPY ${SOURCE}/plugins/template DESTINATION ${WORK})
run(${CMAKE_COMMAND} --install ${BINARY} --prefix ${WORK}/prefix --component plugin-api)
run(${CMAKE_COMMAND} -S ${WORK}/template -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_INSTALL_PREFIX=${WORK}/installed
  "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror ${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${CMAKE_COMMAND} --install ${WORK}/build)
foreach(name plugin.yaml libgatehouse_template.so)
  if(NOT EXISTS ${WORK}/installed/lib/gatehouse/plugins/template/${name})
    message(FATAL_ERROR "${name} was not installed")
  endif()
endforeach()
file(STRINGS ${WORK}/installed/lib/gatehouse/plugins/template/plugin.yaml pinned REGEX "^sha256: '")
if(NOT pinned)
  message(FATAL_ERROR "the checksum was not written")
endif()
