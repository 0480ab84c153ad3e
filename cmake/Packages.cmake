# Debian packages, one a role (deploy/packages/build makes them). Everything
# lies under the prefix, so that nothing is ever installed outside it.
set(_packages samkoer-agent samkoer-keyd samkoer-matcherd samkoer-alerts samkoer-audit
  samkoer-web)
set(_about_samkoer-agent "agent of a department: sends cases without their CPR numbers")
set(_about_samkoer-keyd "key service: turns blinded CPR numbers into pseudonyms (RFC 9497)")
set(_about_samkoer-matcherd "matcher: finds persons known to several departments")
set(_about_samkoer-alerts "command line of the youth coordinator")
set(_about_samkoer-audit "command line of the privacy officer")
set(_about_samkoer-web "web page of the youth coordinators")

# Man pages and completions are made of the programs' own --help.
set(_pages ${CMAKE_BINARY_DIR}/pages)
set(_source ${CMAKE_SOURCE_DIR}/deploy)

foreach(_package IN LISTS _packages)
  set(_doc ${CMAKE_INSTALL_DATADIR}/doc/${_package})
  install(FILES ${_source}/packages/copyright DESTINATION ${_doc} COMPONENT ${_package})
  # What examples, errors and alarms refer to: the guides, a page an alarm, and
  # the contract, whose comments explain every key of a configuration.
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${_doc} COMPONENT ${_package}
    PATTERN billeder EXCLUDE)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/proto/samkoer/v1 DESTINATION ${_doc}/proto/samkoer
    COMPONENT ${_package} FILES_MATCHING PATTERN "*.proto")
  install(FILES ${_pages}/changelog.Debian.gz DESTINATION ${_doc} COMPONENT ${_package} OPTIONAL)
  install(FILES ${_pages}/${_package}.spdx.json DESTINATION ${_doc} RENAME sbom.spdx.json
    COMPONENT ${_package} OPTIONAL)
  install(FILES ${_pages}/${_package}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT ${_package} OPTIONAL)
  install(FILES ${_pages}/${_package}.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME ${_package} COMPONENT ${_package} OPTIONAL)

  set(PACKAGE ${_package})
  # What runs as a unit has a user: samkoer-<ROLE>. The witness is a command of
  # samkoer-audit.
  string(REPLACE "samkoer-" "" ROLE ${_package})
  string(REPLACE "audit" "witness" ROLE ${ROLE})
  if(ROLE STREQUAL "alerts")
    set(_scripts preinst)
    set(_depends tzdata)
  else()
    set(_scripts preinst postinst prerm postrm)
    set(_depends "systemd (>= 250), tzdata")
    install(FILES ${_source}/packages/sysusers/samkoer-${ROLE}.conf DESTINATION lib/sysusers.d
      COMPONENT ${_package})
    install(FILES ${_source}/packages/tmpfiles/samkoer-${ROLE}.conf DESTINATION lib/tmpfiles.d
      COMPONENT ${_package})
  endif()
  set(_control)
  foreach(_script IN LISTS _scripts)
    configure_file(${_source}/packages/scripts/${_script}.in
      ${CMAKE_BINARY_DIR}/packages/${_package}/${_script} @ONLY
      FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    list(APPEND _control ${CMAKE_BINARY_DIR}/packages/${_package}/${_script})
  endforeach()

  string(TOUPPER ${_package} _upper)
  set(CPACK_DEBIAN_${_upper}_PACKAGE_NAME ${_package})
  set(CPACK_DEBIAN_${_upper}_PACKAGE_DEPENDS "${_depends}")
  set(CPACK_DEBIAN_${_upper}_PACKAGE_CONTROL_EXTRA "${_control}")
  if(ROLE MATCHES "^(keyd|matcherd)$")
    # `pki` and `backup-drill`.
    set(CPACK_DEBIAN_${_upper}_PACKAGE_RECOMMENDS openssl)
    set(CPACK_DEBIAN_${_upper}_PACKAGE_SUGGESTS "nftables, rsync, openssh-client")
  elseif(ROLE STREQUAL "agent")
    set(CPACK_DEBIAN_${_upper}_PACKAGE_SUGGESTS "odbc-postgresql, tdsodbc, cifs-utils")
  endif()
  set(CPACK_DEBIAN_${_upper}_DESCRIPTION "${_about_${_package}}
Finds young people with open cases in several departments of a municipality,
so that they get one coordinated effort, without any central place holding a
CPR number. This package has the program of one role.")
endforeach()

set(_unit_dir lib/systemd/system)
install(FILES ${_source}/systemd/samkoer-keyd.service ${_source}/systemd/samkoer-keyd-pki.service
  ${_source}/systemd/samkoer-keyd-pki.timer DESTINATION ${_unit_dir} COMPONENT samkoer-keyd)
install(FILES ${_source}/systemd/samkoer-matcherd.service DESTINATION ${_unit_dir}
  COMPONENT samkoer-matcherd)
install(FILES ${_source}/systemd/samkoer-witness.service DESTINATION ${_unit_dir}
  COMPONENT samkoer-audit)
install(FILES ${_source}/systemd/samkoer-web.service DESTINATION ${_unit_dir} COMPONENT samkoer-web)
# The pictures of the coordinators' guide.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/da/billeder
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-web/docs/da COMPONENT samkoer-web)
install(DIRECTORY ${_source}/web/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-web/examples
  USE_SOURCE_PERMISSIONS COMPONENT samkoer-web)
install(FILES ${_source}/witness/witness.yaml
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-audit/examples COMPONENT samkoer-audit)
install(FILES ${_source}/systemd/samkoer-agent@.service ${_source}/systemd/samkoer-agent@.timer
  ${_source}/systemd/samkoer-agent-run@.service
  DESTINATION ${_unit_dir} COMPONENT samkoer-agent)
# One file for all: what is kept, and for how long.
foreach(_unit agent keyd matcherd web witness)
  string(REPLACE "witness" "audit" _package ${_unit})
  install(FILES ${_source}/packages/journald.conf RENAME samkoer-${_unit}.conf
    DESTINATION lib/systemd/journald@samkoer-${_unit}.conf.d COMPONENT samkoer-${_package})
endforeach()
foreach(_server keyd matcherd web)
  install(FILES ${_source}/packages/examples/${_server}.yaml
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-${_server}/examples COMPONENT samkoer-${_server})
endforeach()
foreach(_server keyd matcherd)
  install(PROGRAMS ${_source}/backup-drill ${_source}/pki DESTINATION lib/samkoer-${_server}
    COMPONENT samkoer-${_server})
  install(DIRECTORY ${_source}/monitoring DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-${_server}
    COMPONENT samkoer-${_server})
  foreach(_unit backup.service backup.timer drill.service drill.timer)
    install(FILES ${_source}/systemd/samkoer-${_server}-${_unit} DESTINATION ${_unit_dir}
      COMPONENT samkoer-${_server})
  endforeach()
endforeach()
foreach(_listens keyd matcherd web)
  install(FILES ${_source}/firewall/samkoer.nft
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-${_listens}/examples COMPONENT samkoer-${_listens})
endforeach()
install(DIRECTORY ${_source}/agents/sources DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-agent/examples
  COMPONENT samkoer-agent)
foreach(_server agent matcherd)
  install(DIRECTORY ${_source}/municipalities
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-${_server}/examples COMPONENT samkoer-${_server})
endforeach()
foreach(_client alerts audit)
  install(FILES ${_source}/packages/examples/${_client}.yaml
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samkoer-${_client}/examples COMPONENT samkoer-${_client})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME samkoer)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "Samkoer")
set(CPACK_PACKAGE_CONTACT "Samkoer <samkoer@samkoer.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${_packages})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
