# Completion of gatehouse(1) for bash.

_gatehouse() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verbs="serve check schema backup restore version plugins businesses access-log events
        rentals explain export erase replay sweep fuse alerts dead-letters"
    local everywhere="--config --json --help"
    local verb="" second="" i

    case $previous in
        --config | --environment)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return ;;
        --state)
            mapfile -t COMPREPLY < <(compgen -W "open ignored invalid done dead" -- "$word")
            return ;;
        --business | --before | --after | --limit | --confirm | --rental | --renter | --target | \
            --connection | --from | --until | --cursor)
            return ;;
    esac

    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${COMP_WORDS[i]} in
            --config | --environment | --state | --business | --before | --after | --limit | --confirm | --rental | \
                --renter | --target | --connection | --from | --until | --cursor) ((++i)) ;;
            -*) ;;
            *) if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else second=${COMP_WORDS[i]}; fi ;;
        esac
    done

    if [[ $verb == backup || $verb == restore ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
    fi

    local words=$everywhere
    case $verb in
        "") words+=" $verbs" ;;
        check) words+=" --environment" ;;
        access-log)
            words+=" --rental --renter --target --connection --from --until --cursor --limit --csv" ;;
        businesses | rentals) words+=" --after --limit" ;;
        sweep) words+=" --full --delta --dry-run --trust" ;;
        fuse) words+=" --confirm --confirm-all --limit" ;;
        alerts) words+=" --limit" ;;
        explain) words+=" rental unit renter target --after --limit" ;;
        events)
            case $second in
                "") words+=" list show find" ;;
                list) words+=" --business --state --before --limit" ;;
            esac ;;
        dead-letters)
            case $second in
                "") words+=" list replay discard" ;;
                list) words+=" --business --before --limit" ;;
            esac ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _gatehouse gatehouse
