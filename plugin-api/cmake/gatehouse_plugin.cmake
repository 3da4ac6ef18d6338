# gatehouse_plugin(kisi SOURCES kisi.cpp MANIFEST plugin.yaml [LIBS x])
#
# Builds the sources once, as the object library gatehouse_<id>_objects, which a test of the plugin's
# own parts links, and from it the target gatehouse_<id>: libgatehouse_<id>.so, which exports the entry and nothing else,
# beside its manifest in ${CMAKE_BINARY_DIR}/plugins/<id>/. Installing it puts both into
# ${GATEHOUSE_PLUGIN_DIR}/<id>/ and writes the library's checksum into the manifest.
set(GATEHOUSE_PLUGIN_DIR lib/gatehouse/plugins CACHE STRING "Where plugins are installed")

function(gatehouse_plugin id)
  cmake_parse_arguments(arg "" "MANIFEST" "SOURCES;LIBS" ${ARGN})
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin_exports.map)
  set(target gatehouse_${id})
  set(directory ${CMAKE_BINARY_DIR}/plugins/${id})
  add_library(${target}_objects OBJECT ${arg_SOURCES})
  target_link_libraries(${target}_objects PUBLIC GatehousePlugin::sdk ${arg_LIBS})
  target_include_directories(${target}_objects PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(${target}_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  add_library(${target} MODULE)
  target_link_libraries(${target} PRIVATE ${target}_objects)
  target_link_options(${target} PRIVATE -Wl,--version-script=${exports})
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX LIBRARY_OUTPUT_DIRECTORY ${directory} LINK_DEPENDS ${exports})
  configure_file(${arg_MANIFEST} ${directory}/plugin.yaml COPYONLY)

  if(TARGET all_plugins)
    add_dependencies(all_plugins ${target})
  endif()

  install(TARGETS ${target} LIBRARY DESTINATION ${GATEHOUSE_PLUGIN_DIR}/${id})
  install(FILES ${arg_MANIFEST} DESTINATION ${GATEHOUSE_PLUGIN_DIR}/${id} RENAME plugin.yaml)
  install(CODE "
    set(there \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${GATEHOUSE_PLUGIN_DIR}/${id}\")
    file(SHA256 \"\${there}/libgatehouse_${id}.so\" checksum)
    file(APPEND \"\${there}/plugin.yaml\" \"sha256: '\${checksum}'\\n\")")
endfunction()
